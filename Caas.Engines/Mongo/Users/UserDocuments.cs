using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Users;

/// <summary>The documents of <c>users</c>.</summary>
internal static class UserDocuments
{
    public static Query One(UserId id) => Query.ByKey(MongoCollections.Users, id.Value);

    public static Query Some(IEnumerable<UserId> ids) =>
        Query.ByKeys(MongoCollections.Users, ids.Select(static id => new BsonString(id.Value)));

    public static Query Page(UserId? after, int limit) =>
        new(MongoCollections.Users, new BsonDocument(Bson.Key, Match.Above(after?.Value ?? string.Empty)))
        {
            Sort = Match.Ascending(Bson.Key),
            Limit = limit,
        };

    public static void Put(MongoUnit unit, User user) =>
        unit.Replace(MongoCollections.Users, Match.ByKey(user.Id.Value), Write(user), upsert: true);

    public static UserId Id(BsonDocument document) => document.User(Bson.Key);

    public static User Read(BsonDocument document) => new()
    {
        Id = Id(document),
        Name = document.TextOrNull("name"),
        AvatarUrl = document.TextOrNull("avatar"),
        Role = document.Text("role"),
        Attributes = document.JsonOrNull("attributes"),
        CreatedAt = document.At("at"),
        Etag = document.Text("etag"),
    };

    public static BsonDocument Write(User user) => new BsonDocument
    {
        { Bson.Key, user.Id.Value },
        { "role", user.Role },
        { "at", Bson.Time(user.CreatedAt) },
        { "etag", user.Etag },
    }
        .With("name", user.Name)
        .With("avatar", user.AvatarUrl)
        .With("attributes", user.Attributes);
}
