using MongoDB.Bson;

namespace Caas.Engines.Mongo.Storage;

/// <summary>The steps of a client's database.</summary>
internal static class ClientSchema
{
    /// <summary>The index by which no version of a log is given twice.</summary>
    public const string LogVersion = "log_version";

    /// <summary>The index by which no sequence of a conversation is given twice.</summary>
    public const string Sequence = "sequence";

    private static readonly (string Field, string Type)[] NoRules = [];

    /// <summary>What both kinds of databases have: the log, the counters, the kept answers.</summary>
    public static IReadOnlyList<CollectionShape> Logs { get; } =
    [
        new(
            MongoCollections.Changes,
            [("_id", "long"), ("l", "binData"), ("v", "long"), ("t", "string"), ("b", "binData")],
            [new IndexShape(LogVersion, new BsonDocument { { "l", 1 }, { "v", 1 } }, Unique: true)]),
        new(MongoCollections.Counters, NoRules, []),
        new(
            MongoCollections.Idempotency,
            [("_id", "object"), ("print", "binData"), ("status", "int"), ("body", "binData"), ("ends", "date")],
            [
                new IndexShape("end", new BsonDocument("ends", 1), Expires: true),
                new IndexShape("subject", new BsonDocument { { "c", 1 }, { "n", 1 } }, Partial: "c"),
            ]),
    ];

    public static SchemaStep First { get; } = new([.. Logs, .. Conversations(), .. People()]);

    private static IEnumerable<CollectionShape> Conversations() =>
    [
        new(
            MongoCollections.Conversations,
            [
                ("_id", "binData"), ("t", "int"), ("n", "long"), ("v", "long"), ("mv", "long"), ("sv", "long"),
                ("leaves", "long"), ("peaks", "binData"), ("p", "long"), ("at", "date"), ("updated", "date"),
            ],
            [new IndexShape("direct", new BsonDocument("direct", 1), Unique: true, Partial: "direct")]),
        new(
            MongoCollections.Members,
            [
                ("_id", "object"), ("role", "int"), ("joined", "date"), ("from", "long"), ("read", "long"), ("jv", "long"),
            ],
            [new IndexShape("user", new BsonDocument { { "_id.u", 1 }, { "_id.c", 1 } })]),
        new(
            MongoCollections.Messages,
            [
                ("_id", "binData"), ("k", "object"), ("n", "long"), ("leaf", "binData"), ("v", "long"), ("at", "date"),
            ],
            [
                new IndexShape("send", new BsonDocument("k", 1), Unique: true),
                new IndexShape(Sequence, new BsonDocument { { "k.c", 1 }, { "n", 1 } }, Unique: true),
                new IndexShape("reply", new BsonDocument { { "reply", 1 }, { "n", 1 } }, Partial: "reply"),
            ]),
        new(MongoCollections.Revisions, NoRules, []),
        new(MongoCollections.Reactions, NoRules, []),
        new(MongoCollections.Links, NoRules, []),
        new(MongoCollections.Nodes, [("_id", "object"), ("hash", "binData")], []),
    ];

    private static IEnumerable<CollectionShape> People() =>
    [
        new(
            MongoCollections.Users,
            [("_id", "string"), ("role", "string"), ("at", "date"), ("etag", "string")],
            []),
        new(
            MongoCollections.Sessions,
            [("_id", "binData"), ("u", "string"), ("at", "date"), ("ends", "date"), ("g", "int")],
            [new IndexShape("user", new BsonDocument { { "u", 1 }, { "_id", 1 } })]),
    ];
}
