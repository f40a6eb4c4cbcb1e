using Caas.Engines.Documents;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// Reads what a majority holds, of the primary: so every commit that was answered before. <see cref="StorageException"/>
/// where that cannot be done in time. Thread-safe.
/// </summary>
internal sealed class MongoReads(MongoDatabases databases)
{
    // A snapshot's reads come from one moment: what a membership allows is read with what it allows to see.
    private static readonly ClientSessionOptions OneMoment = new() { Snapshot = true, CausalConsistency = false };

    /// <summary>One query.</summary>
    public async ValueTask<List<BsonDocument>> FindAsync(DatabaseName name, Query query, CancellationToken cancellationToken)
    {
        using var deadline = new ReadDeadline(databases.Options.ReadTimeout, cancellationToken);
        try
        {
            var place = await databases.PlaceAsync(name, deadline.Token);
            var collection = query.IsOld ? place.OldCollection(query.Collection) : place.Collection(query.Collection);
            using var cursor = await collection.FindAsync(query.Filter, query.ToOptions(databases.Options.ReadTimeout), deadline.Token);
            return await cursor.ToListAsync(deadline.Token);
        }
        catch (Exception failure) when (IsStorage(failure, cancellationToken))
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    /// <summary>The first document of one query; null where there is none.</summary>
    public async ValueTask<BsonDocument?> FirstAsync(DatabaseName name, Query query, CancellationToken cancellationToken) =>
        (await FindAsync(name, query with { Limit = 1 }, cancellationToken)) is [var first, ..] ? first : null;

    /// <summary>How many documents a query would give, at the most its limit.</summary>
    public async ValueTask<long> CountAsync(DatabaseName name, Query query, CancellationToken cancellationToken)
    {
        using var deadline = new ReadDeadline(databases.Options.ReadTimeout, cancellationToken);
        PipelineDefinition<BsonDocument, BsonDocument> pipeline = new[]
        {
            new BsonDocument("$match", query.Filter),
            new BsonDocument("$limit", query.Limit),
            new BsonDocument("$count", "n"),
        };
        try
        {
            var options = new AggregateOptions { MaxTime = databases.Options.ReadTimeout };
            var place = await databases.PlaceAsync(name, deadline.Token);
            using var cursor = await place.Collection(query.Collection).AggregateAsync(pipeline, options, deadline.Token);
            return (await cursor.ToListAsync(deadline.Token)) is [var counted] ? counted.Number("n") : 0;
        }
        catch (Exception failure) when (IsStorage(failure, cancellationToken))
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    /// <summary>Several queries, each of which may depend on those before it, all of one moment.</summary>
    public async ValueTask<TOutcome> SnapshotAsync<TState, TOutcome>(
        DatabaseName name, TState state, Func<MongoSnapshot, TState, Task<TOutcome>> read, CancellationToken cancellationToken)
    {
        using var deadline = new ReadDeadline(databases.Options.ReadTimeout, cancellationToken);
        try
        {
            var place = await databases.PlaceAsync(name, deadline.Token);
            using var session = await place.Client.StartSessionAsync(OneMoment, deadline.Token);
            return await read(new MongoSnapshot(place, session, deadline.Token), state);
        }
        catch (Exception failure) when (IsStorage(failure, cancellationToken))
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    private static bool IsStorage(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && MongoFailures.IsStorage(failure);
}

/// <summary>Reads of one moment, one after the other.</summary>
internal sealed class MongoSnapshot(MongoPlace place, IClientSessionHandle session, CancellationToken cancellationToken)
{
    public async Task<List<BsonDocument>> FindAsync(Query query)
    {
        using var cursor = await place.Collection(query.Collection).FindAsync(
            session, query.Filter, query.ToOptions(place.Options.ReadTimeout), cancellationToken);
        return await cursor.ToListAsync(cancellationToken);
    }

    public async Task<BsonDocument?> FirstAsync(Query query) =>
        (await FindAsync(query with { Limit = 1 })) is [var first, ..] ? first : null;
}

/// <summary>
/// The caller's patience and the option's, whichever ends first. By the machine's own timer: on the other side is a
/// server, which no clock of ours moves.
/// </summary>
internal sealed class ReadDeadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _both;

    public ReadDeadline(TimeSpan time, CancellationToken cancellationToken)
    {
        _time = new CancellationTokenSource(time, TimeProvider.System);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
    }

    public CancellationToken Token => _both.Token;

    public void Dispose()
    {
        _both.Dispose();
        _time.Dispose();
    }
}
