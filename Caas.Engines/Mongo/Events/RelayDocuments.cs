using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Events;

/// <summary>The documents of <c>relays</c>: how far each database is relayed, the stream's token, and who relays.</summary>
internal static class RelayDocuments
{
    private const string Stream = "stream";
    private const string Lease = "lease";

    /// <summary>The place in a deployment's change stream behind which everything is in a position or pending.</summary>
    public static Query Token(string placement) => Query.ByKey(MongoCollections.Relays, StreamOf(placement));

    /// <summary>Who relays.</summary>
    public static Query Holder { get; } = Query.ByKey(MongoCollections.Relays, Lease);

    /// <summary>The databases that had something to relay when they were last saved.</summary>
    public static Query Pending { get; } = new(MongoCollections.Relays, new BsonDocument("pending", true));

    /// <summary>All databases that were ever relayed.</summary>
    public static Query All { get; } = new(MongoCollections.Relays, new BsonDocument("p", Match.Present));

    public static Query Of(DatabaseName name) => Query.ByKey(MongoCollections.Relays, KeyOf(name));

    public static Query Of(IEnumerable<DatabaseName> names) => Query.ByKeys(MongoCollections.Relays, names.Select(KeyOf));

    public static DatabaseName NameOf(BsonDocument document)
    {
        var id = document.Id(Bson.Key);
        return id == Guid.Empty ? DatabaseName.Platform : DatabaseName.Of(new ClientId(id));
    }

    /// <summary>The position up to which a database is relayed; 0 where it never was.</summary>
    public static long Relayed(BsonDocument? document) => document?.Number("p") ?? 0;

    /// <summary>The newest position that was known when it was saved.</summary>
    public static long Known(BsonDocument document) => document.Number("last");

    public static BsonDocument? ReadToken(BsonDocument? document) => document?.Document("token");

    public static (string Holder, long Beat) ReadLease(BsonDocument? document) =>
        document is null ? (string.Empty, 0) : (document.Text("holder"), document.Number("beat"));

    public static void Save(MongoUnit unit, DatabaseName name, long relayed, long known)
    {
        var update = new BsonDocument("$max", new BsonDocument { { "p", relayed }, { "last", known } });
        update.Add(known > relayed ? "$set" : "$unset", new BsonDocument("pending", known > relayed ? true : string.Empty));
        unit.Update(MongoCollections.Relays, Match.ByKey(KeyOf(name)), update, upsert: true);
    }

    /// <summary>Sets how far a database is relayed that came from elsewhere.</summary>
    public static BulkWriteModel Set(CollectionNamespace relays, DatabaseName name, long relayed, long known)
    {
        var document = new BsonDocument { { Bson.Key, KeyOf(name) }, { "p", relayed }, { "last", known } };
        return new BulkWriteReplaceOneModel<BsonDocument>(
            relays,
            Match.ByKey(KeyOf(name)),
            known > relayed ? document.Add("pending", true) : document,
            collation: null,
            hint: null,
            isUpsert: true);
    }

    public static void SaveToken(MongoUnit unit, string placement, BsonDocument token) => unit.Replace(
        MongoCollections.Relays,
        Match.ByKey(StreamOf(placement)),
        new BsonDocument { { Bson.Key, StreamOf(placement) }, { "token", token } },
        upsert: true);

    /// <summary>Takes or keeps the lease, if it is as it was read.</summary>
    public static void SaveLease(MongoUnit unit, BsonDocument? before, string holder)
    {
        var (was, beat) = ReadLease(before);
        unit.Guard(
            MongoCollections.Relays,
            new BsonDocument { { Bson.Key, Lease }, { "holder", was }, { "beat", beat } },
            new BsonDocument { { Bson.Key, Lease }, { "holder", holder }, { "beat", beat + 1 } });
    }

    private static string StreamOf(string placement) =>
        placement == MongoPlacements.Main ? Stream : $"{Stream}:{placement}";

    private static BsonValue KeyOf(DatabaseName name) => Bson.Id(name.Client?.Value ?? Guid.Empty);
}
