using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Keys;

/// <summary>The documents of <c>api_keys</c>.</summary>
internal static class KeyDocuments
{
    public static Query ByPublicPart(string publicPart) =>
        new(MongoCollections.Keys, new BsonDocument("part", publicPart)) { Limit = 1 };

    /// <summary>The key of this client, if it stands.</summary>
    public static Query One(ClientId client, KeyId id) => new(MongoCollections.Keys, IfStanding(client, id)) { Limit = 1 };

    /// <summary>The standing keys of a client.</summary>
    public static Query Page(ClientId client, KeyId? after, int limit)
    {
        var filter = new BsonDocument("c", Bson.Id(client.Value));
        if (after is { } last)
        {
            filter.Add(Bson.Key, Match.Above(Bson.Id(last.Value)));
        }

        return new Query(MongoCollections.Keys, filter.Add("revoked", Match.Absent))
        {
            Sort = Match.Ascending("c", Bson.Key),
            Limit = limit,
        };
    }

    /// <summary>The standing keys of an application.</summary>
    public static Query Of(ClientId client, AppId application) => new(
        MongoCollections.Keys,
        new BsonDocument { { "c", Bson.Id(client.Value) }, { "app", Bson.Id(application.Value) }, { "revoked", Match.Absent } });

    public static BsonDocument IfStanding(ClientId client, KeyId id) =>
        new() { { Bson.Key, Bson.Id(id.Value) }, { "c", Bson.Id(client.Value) }, { "revoked", Match.Absent } };

    public static BsonDocument StandingOf(ClientId client) =>
        new() { { "c", Bson.Id(client.Value) }, { "revoked", Match.Absent } };

    public static BsonDocument Revoke(DateTimeOffset at) => Match.Set(new BsonDocument("revoked", Bson.Time(at)));

    public static BsonDocument End(DateTimeOffset at) => Match.Set(new BsonDocument("ends", Bson.Time(at)));

    public static BsonDocument NoteUse(DateTimeOffset at) => new("$max", new BsonDocument("used", Bson.Time(at)));

    public static BsonDocument Write(StoredApiKey stored)
    {
        var key = stored.Key;
        return new BsonDocument
        {
            { Bson.Key, Bson.Id(key.Id.Value) },
            { "c", Bson.Id(stored.ClientId.Value) },
            { "app", Bson.Id(key.ApplicationId.Value) },
            { "name", key.Name },
            { "scopes", Bson.Texts(key.Scopes) },
            { "at", Bson.Time(key.CreatedAt) },
            { "part", stored.PublicPart },
            { "hash", Bson.Bytes(stored.SecretHash) },
        }
            .With("ends", key.ExpiresAt)
            .With("used", key.LastUsedAt)
            .With("revoked", stored.RevokedAt);
    }

    public static StoredApiKey Read(BsonDocument document)
    {
        var key = new ApiKey
        {
            Id = new KeyId(document.Id(Bson.Key)),
            ApplicationId = new AppId(document.Id("app")),
            Name = document.Text("name"),
            Scopes = document.TextList("scopes"),
            CreatedAt = document.At("at"),
            ExpiresAt = document.AtOrNull("ends"),
            LastUsedAt = document.AtOrNull("used"),
        };
        return new StoredApiKey(
            key, new ClientId(document.Id("c")), document.Text("part"), document.Blob("hash"), document.AtOrNull("revoked"));
    }
}
