using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Tokens;

/// <summary>The documents of <c>sessions</c>.</summary>
internal static class SessionDocuments
{
    public static Query One(SessionId id) => Query.ByKey(MongoCollections.Sessions, Bson.Id(id.Value));

    /// <summary>A user's sessions that stand, in the order of their ids.</summary>
    public static Query Page(UserId user, SessionId? after, DateTimeOffset now, int limit)
    {
        var filter = new BsonDocument
        {
            { "u", user.Value }, { "revoked", Match.Absent }, { "ends", Match.Above(Bson.Time(now)) },
        };
        if (after is { } last)
        {
            filter.Add(Bson.Key, Match.Above(Bson.Id(last.Value)));
        }

        return new Query(MongoCollections.Sessions, filter) { Sort = Match.Ascending("u", Bson.Key), Limit = limit };
    }

    /// <summary>Those of a filter that were not ended.</summary>
    public static Query Standing(SessionFilter filter)
    {
        var fits = new BsonDocument { { "u", filter.UserId.Value }, { "revoked", Match.Absent } }
            .With(Bson.Key, filter.SessionId?.Value)
            .With("device", filter.DeviceId?.Value);
        return new Query(MongoCollections.Sessions, fits) { Sort = Match.Ascending("u", Bson.Key) };
    }

    /// <summary>The session, if it stands and is still of this generation.</summary>
    public static BsonDocument IfOf(SessionId id, int generation, DateTimeOffset at) => new()
    {
        { Bson.Key, Bson.Id(id.Value) },
        { "g", generation },
        { "revoked", Match.Absent },
        { "ends", Match.Above(Bson.Time(at)) },
    };

    public static BsonDocument Rotate(DateTimeOffset at) =>
        Match.Set(new BsonDocument("rotated", Bson.Time(at))).Add("$inc", new BsonDocument("g", 1));

    public static BsonDocument Revoke(DateTimeOffset at) => Match.Set(new BsonDocument("revoked", Bson.Time(at)));

    public static BsonDocument Write(StoredSession stored)
    {
        var session = stored.Session;
        return new BsonDocument
        {
            { Bson.Key, Bson.Id(session.Id.Value) },
            { "u", session.UserId.Value },
            { "device", Bson.Id(session.DeviceId.Value) },
            { "app", Bson.Id(session.ApplicationId.Value) },
            { "at", Bson.Time(session.CreatedAt) },
            { "ends", Bson.Time(session.ExpiresAt) },
            { "g", stored.Generation },
        }
            .With("revoked", session.RevokedAt)
            .With("rotated", stored.RotatedAt);
    }

    public static StoredSession Read(BsonDocument document)
    {
        var session = new Session
        {
            Id = new SessionId(document.Id(Bson.Key)),
            UserId = document.User("u"),
            DeviceId = new DeviceId(document.Id("device")),
            ApplicationId = new AppId(document.Id("app")),
            CreatedAt = document.At("at"),
            ExpiresAt = document.At("ends"),
            RevokedAt = document.AtOrNull("revoked"),
        };
        return new StoredSession(session, document.Small("g"), document.AtOrNull("rotated"));
    }
}
