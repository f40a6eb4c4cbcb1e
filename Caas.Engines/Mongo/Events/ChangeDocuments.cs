using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Events;

/// <summary>The documents of <c>changes</c>, and the counter of their positions, in both kinds of databases.</summary>
internal static class ChangeDocuments
{
    /// <summary>The log of the client itself in its own database.</summary>
    public static Guid ClientLog => Guid.Empty;

    /// <summary>The newest position.</summary>
    public static Query Counter { get; } = Query.ByKey(MongoCollections.Counters, MongoCollections.ChangesCounter);

    /// <summary>The newest change of a log.</summary>
    public static Query NewestOf(Guid log) => new(MongoCollections.Changes, new BsonDocument("l", Bson.Id(log)))
    {
        Sort = Match.Descending("v"),
        Limit = 1,
        Fields = new BsonDocument("v", 1),
    };

    /// <summary>The changes of a log above a version, in order.</summary>
    public static Query Above(Guid log, long version, int limit) =>
        new(MongoCollections.Changes, new BsonDocument { { "l", Bson.Id(log) }, { "v", Match.Above(version) } })
        {
            Sort = Match.Ascending("l", "v"),
            Limit = limit,
        };

    /// <summary>These changes of a log.</summary>
    public static Query Some(Guid log, IEnumerable<long> versions) => new(
        MongoCollections.Changes,
        new BsonDocument { { "l", Bson.Id(log) } }.Merge(Match.In("v", versions.Select(static version => new BsonInt64(version)))));

    /// <summary>The changes of all logs above a position, in the order of the commits.</summary>
    public static Query Behind(long position, int limit) =>
        new(MongoCollections.Changes, new BsonDocument(Bson.Key, Match.Above(position)))
        {
            Sort = Match.Ascending(Bson.Key),
            Limit = limit,
        };

    /// <summary>The position that the counter's document says; 0 where there is none yet.</summary>
    public static long PositionOf(BsonDocument? counter) => counter?.Number("p") ?? 0;

    /// <summary>
    /// Moves the counter. An update that finds nothing would pass in silence; as an upsert it makes the counter a second
    /// time, which its key refuses: so a transaction that counted from an old position ends here.
    /// </summary>
    public static BulkWriteModel CountOn(CollectionNamespace counters, long from, long to) =>
        new BulkWriteUpdateOneModel<BsonDocument>(
            counters,
            new BsonDocument { { Bson.Key, MongoCollections.ChangesCounter }, { "p", from } },
            Match.Set(new BsonDocument("p", to)),
            isUpsert: true);

    public static BsonDocument Write(long position, Guid log, Change change) => new BsonDocument
    {
        { Bson.Key, position },
        { "l", Bson.Id(log) },
        { "v", change.Version },
        { "t", change.Type },
        { "b", Bson.Bytes(change.Body) },
    }.With("tp", change.TraceParent);

    public static long Position(BsonDocument document) => document.Number(Bson.Key);

    /// <summary>The change of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="client">Whose database it is of; null for the platform's.</param>
    public static Change Read(BsonDocument document, ClientId? client)
    {
        var log = document.Id("l");

        // In a client's database a log is a conversation's or, without id, the client's; in the platform's it is a client's.
        return new Change(
            client ?? new ClientId(log),
            client is null || log == ClientLog ? null : new ConversationId(log),
            document.Number("v"),
            document.Text("t"),
            document.Blob("b"),
            document.TextOrNull("tp"));
    }
}
