using Caas.Domain.Applications;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Applications;

/// <summary>The documents of <c>applications</c>.</summary>
internal static class ApplicationDocuments
{
    private static readonly BsonDocument KeyOnly = new(Bson.Key, 1);

    /// <summary>Nothing of it may be asked for by a preflight any more.</summary>
    public static BsonDocument Unlist { get; } = new("$unset", new BsonDocument("listed", string.Empty));

    public static Query One(ClientId client, AppId id) => new(MongoCollections.Applications, Key(client, id)) { Limit = 1 };

    public static Query Page(ClientId client, AppId? after, int limit)
    {
        var filter = Of(client);
        if (after is { } last)
        {
            filter.Add(Bson.Key, Match.Above(Bson.Id(last.Value)));
        }

        return new Query(MongoCollections.Applications, filter) { Sort = Match.Ascending("c", Bson.Key), Limit = limit };
    }

    /// <summary>One that lists the origin, of whichever client.</summary>
    public static Query Listing(string origin) =>
        new(MongoCollections.Applications, new BsonDocument("listed", origin)) { Limit = 1, Fields = KeyOnly };

    public static BsonDocument Of(ClientId client) => new("c", Bson.Id(client.Value));

    public static BsonDocument Key(ClientId client, AppId id) =>
        new() { { Bson.Key, Bson.Id(id.Value) }, { "c", Bson.Id(client.Value) } };

    public static void Put(MongoUnit unit, ClientId client, Application application) => unit.Replace(
        MongoCollections.Applications, Key(client, application.Id), Write(client, application), upsert: true);

    public static Application Read(BsonDocument document) => new()
    {
        Id = new AppId(document.Id(Bson.Key)),
        Name = document.Text("name"),
        Label = document.Text("label"),
        AllowedOrigins = document.TextList("origins"),
        CreatedAt = document.At("at"),
        Etag = document.Text("etag"),
    };

    public static BsonDocument Write(ClientId client, Application application) => new()
    {
        { Bson.Key, Bson.Id(application.Id.Value) },
        { "c", Bson.Id(client.Value) },
        { "name", application.Name },
        { "label", application.Label },
        { "origins", Bson.Texts(application.AllowedOrigins) },
        { "listed", Bson.Texts(application.AllowedOrigins) },
        { "at", Bson.Time(application.CreatedAt) },
        { "etag", application.Etag },
    };
}
