using Caas.Domain.Clients;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Clients;

/// <summary>The documents of <c>clients</c>; what is being erased is found by nothing but <see cref="Deleted"/>.</summary>
internal static class ClientDocuments
{
    private const string Placement = "placement";

    public static Query One(ClientId id) => new(MongoCollections.Clients, IfLiving(id)) { Limit = 1 };

    public static Query Page(ClientId? after, int limit) => new(
        MongoCollections.Clients,
        new BsonDocument { { Bson.Key, Match.Above(Bson.Id(after?.Value ?? Guid.Empty)) }, { "deleted", Match.Absent } })
    {
        Sort = Match.Ascending(Bson.Key),
        Limit = limit,
    };

    public static Query Deleted(int limit) => new(MongoCollections.Clients, new BsonDocument("deleted", Match.Present))
    {
        Sort = Match.Ascending("deleted"),
        Limit = limit,
    };

    /// <summary>Where a client's database is, also while it is erased.</summary>
    public static Query PlacementOf(ClientId id) => Query.ByKey(MongoCollections.Clients, Bson.Id(id.Value)) with
    {
        Fields = new BsonDocument(Placement, 1),
    };

    /// <summary>Whoever has a database in a deployment that is none of these.</summary>
    public static Query OutsideOf(IEnumerable<string> placements) => new(
        MongoCollections.Clients, new BsonDocument(Placement, new BsonDocument("$nin", new BsonArray(placements))))
    {
        Limit = 1,
    };

    public static string ReadPlacement(BsonDocument document) => document.Text(Placement);

    public static BsonDocument IfLiving(ClientId id) => new() { { Bson.Key, Bson.Id(id.Value) }, { "deleted", Match.Absent } };

    public static BsonDocument IfDeleted(ClientId id) => new() { { Bson.Key, Bson.Id(id.Value) }, { "deleted", Match.Present } };

    public static BsonDocument Change(Client client) =>
        Match.Set(new BsonDocument { { "name", client.Name }, { "email", client.Email }, { "etag", client.Etag } });

    public static BsonDocument MarkDeleted(DateTimeOffset at) => Match.Set(new BsonDocument("deleted", Bson.Time(at)));

    public static BsonDocument SetLimits(ClientLimits limits)
    {
        var set = new BsonDocument()
            .With("perUser", limits.PerUserPerMinute is { } user ? new BsonInt32(user) : null)
            .With("perKey", limits.PerKeyPerMinute is { } key ? new BsonInt32(key) : null);
        var unset = new BsonDocument()
            .With("perUser", limits.PerUserPerMinute is null ? string.Empty : null)
            .With("perKey", limits.PerKeyPerMinute is null ? string.Empty : null);
        return new BsonDocument()
            .With("$set", set.ElementCount == 0 ? null : set)
            .With("$unset", unset.ElementCount == 0 ? null : unset);
    }

    /// <param name="client">The client.</param>
    /// <param name="placement">The deployment of its database.</param>
    public static BsonDocument Write(Client client, string placement) => new()
    {
        { Bson.Key, Bson.Id(client.Id.Value) },
        { "name", client.Name },
        { "email", client.Email },
        { "at", Bson.Time(client.CreatedAt) },
        { "etag", client.Etag },
        { Placement, placement },
    };

    public static ClientId Id(BsonDocument document) => new(document.Id(Bson.Key));

    public static ClientLimits ReadLimits(BsonDocument document) =>
        new((int?)document.NumberOrNull("perUser"), (int?)document.NumberOrNull("perKey"));

    public static Client Read(BsonDocument document) => new()
    {
        Id = Id(document),
        Name = document.Text("name"),
        Email = document.Text("email"),
        CreatedAt = document.At("at"),
        Etag = document.Text("etag"),
    };
}
