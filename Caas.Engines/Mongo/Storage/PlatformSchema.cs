using MongoDB.Bson;

namespace Caas.Engines.Mongo.Storage;

/// <summary>The steps of the platform's database.</summary>
internal static class PlatformSchema
{
    private static readonly (string Field, string Type)[] NoRules = [];

    public static SchemaStep First { get; } = new([.. ClientSchema.Logs, .. Accounts(), .. Deployment()]);

    private static IEnumerable<CollectionShape> Accounts() =>
    [
        new(
            MongoCollections.Clients,
            [("_id", "binData"), ("name", "string"), ("email", "string"), ("at", "date"), ("etag", "string")],
            [new IndexShape("deleted", new BsonDocument("deleted", 1), Partial: "deleted")]),
        new(
            MongoCollections.Applications,
            [("_id", "binData"), ("c", "binData"), ("name", "string"), ("at", "date")],
            [
                new IndexShape("client", new BsonDocument { { "c", 1 }, { "_id", 1 } }),
                new IndexShape("origin", new BsonDocument("listed", 1)),
            ]),
        new(
            MongoCollections.Keys,
            [("_id", "binData"), ("c", "binData"), ("part", "string"), ("hash", "binData"), ("at", "date")],
            [
                new IndexShape("client", new BsonDocument { { "c", 1 }, { "_id", 1 } }),
                new IndexShape("part", new BsonDocument("part", 1), Unique: true),
            ]),
    ];

    private static IEnumerable<CollectionShape> Deployment() =>
    [
        new(
            MongoCollections.SigningKeys,
            [("_id", "string"), ("key", "binData"), ("at", "date"), ("from", "date")],
            []),
        new(MongoCollections.Secrets, [("_id", "string"), ("value", "binData")], []),
        new(
            MongoCollections.Revocations,
            [("_id", "long"), ("c", "binData"), ("t", "int"), ("subject", "string"), ("at", "date")],
            []),
        new(MongoCollections.Relays, NoRules, [new IndexShape("pending", new BsonDocument("pending", 1), Partial: "pending")]),
        new(
            MongoCollections.DeadLetters,
            [("_id", "binData"), ("topic", "string"), ("failed", "date"), ("t", "int")],
            [
                new IndexShape("state", new BsonDocument { { "t", 1 }, { "_id", -1 } }),
                new IndexShape("failed", new BsonDocument("failed", 1)),
            ]),
    ];
}
