using Caas.Domain.Events;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Events;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// One try of a transaction: what it reads inside, and what it writes, gathered until the end, when all of it goes to the
/// server in one <c>bulkWrite</c>.
/// </summary>
internal sealed class MongoUnit(MongoPlace place, DatabaseName name, IClientSessionHandle session, CancellationToken cancellationToken)
{
    private readonly List<BulkWriteModel> _guards = [];
    private readonly List<BulkWriteModel> _writes = [];
    private readonly Dictionary<Guid, long> _versions = [];
    private long _counted;

    /// <summary>The database.</summary>
    public DatabaseName Name => name;

    /// <summary>Ends with the time of the transaction.</summary>
    public CancellationToken Token => cancellationToken;

    /// <summary>Whether there is anything to write.</summary>
    public bool HasWrites => _guards.Count > 0 || _writes.Count > 0 || HasChanges;

    /// <summary>Whether changes are appended.</summary>
    public bool HasChanges => Position > _counted;

    /// <summary>The newest position, those of this unit included.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>Reads inside the transaction.</summary>
    public async Task<List<BsonDocument>> FindAsync(Query query)
    {
        using var cursor = await place.Collection(query.Collection).FindAsync(
            session, query.Filter, query.ToOptions(place.Options.WriteTimeout), cancellationToken);
        return await cursor.ToListAsync(cancellationToken);
    }

    public async Task<BsonDocument?> FirstAsync(Query query) =>
        (await FindAsync(query with { Limit = 1 })) is [var first, ..] ? first : null;

    /// <summary>
    /// Adds a write that is refused where something has changed since it was read. Guards go before all other writes: where
    /// one of them is refused, fresh reads may help, however often it happens.
    /// </summary>
    public void Guard(string collection, BsonDocument filter, BsonDocument document) => _guards.Add(
        new BulkWriteReplaceOneModel<BsonDocument>(Namespace(collection), filter, document, collation: null, hint: null, isUpsert: true));

    /// <summary>The same of a document whose key must be new.</summary>
    public void GuardNew(string collection, BsonDocument document) =>
        _guards.Add(new BulkWriteInsertOneModel<BsonDocument>(Namespace(collection), document));

    public void Insert(string collection, BsonDocument document) =>
        _writes.Add(new BulkWriteInsertOneModel<BsonDocument>(Namespace(collection), document));

    public void Replace(string collection, BsonDocument filter, BsonDocument document, bool upsert = false) => _writes.Add(
        new BulkWriteReplaceOneModel<BsonDocument>(Namespace(collection), filter, document, collation: null, hint: null, upsert));

    public void Update(string collection, BsonDocument filter, BsonDocument update, bool upsert = false) => _writes.Add(
        new BulkWriteUpdateOneModel<BsonDocument>(Namespace(collection), filter, update, collation: null, hint: null, upsert));

    public void UpdateAll(string collection, BsonDocument filter, BsonDocument update) =>
        _writes.Add(new BulkWriteUpdateManyModel<BsonDocument>(Namespace(collection), filter, update));

    public void Delete(string collection, BsonDocument filter) =>
        _writes.Add(new BulkWriteDeleteOneModel<BsonDocument>(Namespace(collection), filter));

    public void DeleteAll(string collection, BsonDocument filter) =>
        _writes.Add(new BulkWriteDeleteManyModel<BsonDocument>(Namespace(collection), filter));

    /// <summary>Counts positions from here: what was read, outside the transaction, as the newest one.</summary>
    public void CountFrom(long position) => Position = _counted = position;

    /// <summary>The version that the next change of a log gets.</summary>
    public async Task<long> NextVersionAsync(Guid log)
    {
        if (!_versions.TryGetValue(log, out var newest))
        {
            newest = (await FirstAsync(ChangeDocuments.NewestOf(log)))?.Number("v") ?? 0;
            _versions[log] = newest;
        }

        return newest + 1;
    }

    /// <summary>Adds a change at the end of its log.</summary>
    public async Task AppendAsync(Guid log, Change change)
    {
        if (Position < 0)
        {
            CountFrom(ChangeDocuments.PositionOf(await FirstAsync(ChangeDocuments.Counter)));
        }

        Add(log, change);
        _versions[log] = change.Version;
    }

    /// <summary>The same where the positions are counted already; gives the change's.</summary>
    public long Add(Guid log, Change change)
    {
        Insert(MongoCollections.Changes, ChangeDocuments.Write(++Position, log, change));
        return Position;
    }

    /// <summary>Sends all that is to be written.</summary>
    public Task WriteAsync()
    {
        if (HasChanges)
        {
            _guards.Insert(0, ChangeDocuments.CountOn(Namespace(MongoCollections.Counters), _counted, Position));
        }

        return place.Client.BulkWriteAsync(session, [.. _guards, .. _writes], DurableWrites.InTransaction, cancellationToken);
    }

    /// <summary>Whether something has changed since it was read.</summary>
    public bool IsStale(Exception failure) =>
        MongoFailures.IsNumberTaken(failure) || (MongoFailures.RefusedAt(failure) is { } index && index < _guards.Count);

    private CollectionNamespace Namespace(string collection) => place.Namespace(collection);
}
