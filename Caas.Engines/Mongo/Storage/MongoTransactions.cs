using Caas.Engines.Documents;
using Caas.Engines.Mongo.Events;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// Runs transactions. On a conflict or another error that is said to be transient the whole of it runs again, with fresh
/// reads and decisions; where only the result of the commit is unknown, only the commit is repeated, because the server
/// tells one that is committed already from one that is not. Both within the time of a write. Thread-safe.
/// </summary>
internal sealed partial class MongoTransactions(
    MongoDatabases databases,
    RelayHints hints,
    StorageState state,
    MongoMetrics metrics,
    ILogger<MongoTransactions> logger)
{
    // No pause between tries: each has at least two round trips, and a server that is not there is waited for in them.
    private const int MaxTries = 100;

    // A unique index may refuse for good: the caller repeats a key. Then it is a bug, and no time helps.
    private const int MaxDuplicates = 8;

    private static readonly ClientSessionOptions SessionOptions = new() { CausalConsistency = false };

    /// <summary>How long a transaction may take with all its tries.</summary>
    public TimeSpan Time => databases.Options.WriteTimeout;

    /// <summary>The same where content is erased.</summary>
    public TimeSpan LongTime => databases.Options.LongWriteTimeout;

    /// <summary>
    /// Runs <paramref name="attempt"/> and commits what it gathered; with nothing to write it leaves no trace.
    /// <see cref="StorageException"/> where the store is at fault, after which it is unknown whether it was committed.
    /// </summary>
    public async Task<T> RunAsync<T>(DatabaseName name, TimeSpan time, Func<MongoUnit, Task<T>> attempt)
    {
        try
        {
            // Outside of the time: the first write of a database makes it.
            await databases.MakeAsync(name, CancellationToken.None);
            using var deadline = new CancellationTokenSource(time, TimeProvider.System);
            var place = await databases.PlaceAsync(name, deadline.Token);
            var outcome = await RunAsync(place, name, time, attempt, deadline.Token);
            state.Succeeded();
            return outcome;
        }
        catch (Exception failure) when (MongoFailures.IsStorage(failure))
        {
            state.Failed(failure);
            LogStorageFailed(failure.GetType().Name, name.ToString());
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    private async Task<T> RunAsync<T>(
        MongoPlace place, DatabaseName name, TimeSpan time, Func<MongoUnit, Task<T>> attempt, CancellationToken deadline)
    {
        var duplicates = 0;
        for (var tries = 1; ; tries++)
        {
            using var session = await place.Client.StartSessionAsync(SessionOptions, deadline);
            session.StartTransaction(DurableWrites.Transaction(databases.Options, time));
            var unit = new MongoUnit(place, name, session, deadline);
            try
            {
                return await TryAsync(unit, session, attempt);
            }
            catch (Exception failure)
            {
                await AbortAsync(session);
                var reason = unit.IsStale(failure) ? "stale"
                    : MongoFailures.IsDuplicate(failure) ? "duplicate"
                    : MongoFailures.IsTransient(failure) ? "transient"
                    : null;
                duplicates += reason == "duplicate" ? 1 : 0;
                if (reason is null || duplicates == MaxDuplicates || tries == MaxTries || deadline.IsCancellationRequested)
                {
                    throw;
                }

                metrics.Retried(reason);
            }
        }
    }

    private async Task<T> TryAsync<T>(MongoUnit unit, IClientSessionHandle session, Func<MongoUnit, Task<T>> attempt)
    {
        var outcome = await attempt(unit);
        if (!unit.HasWrites)
        {
            await AbortAsync(session);
            return outcome;
        }

        await unit.WriteAsync();
        await CommitAsync(session, unit.Token);
        if (unit.HasChanges)
        {
            await hints.CommittedAsync(unit.Name, unit.Position);
        }

        return outcome;
    }

    private async Task CommitAsync(IClientSessionHandle session, CancellationToken deadline)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await session.CommitTransactionAsync(deadline);
                return;
            }
            catch (MongoException failure) when (
                MongoFailures.IsUnknownCommit(failure) && tries < MaxTries && !deadline.IsCancellationRequested)
            {
                metrics.Retried("commit");
            }
        }
    }

    // The server ends what it does not hear of; to tell it spares others the conflict with it.
    private async Task AbortAsync(IClientSessionHandle session)
    {
        if (!session.IsInTransaction)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(databases.Options.ReadTimeout, TimeProvider.System);
            await session.AbortTransactionAsync(deadline.Token);
        }
        catch (Exception failure) when (failure is MongoException or TimeoutException or OperationCanceledException)
        {
            LogAbortFailed(failure.GetType().Name);
        }
    }

    [LoggerMessage(7301, LogLevel.Error, "The database {Database} could not be written: {Failure}")]
    private partial void LogStorageFailed(string failure, string database);

    [LoggerMessage(7302, LogLevel.Debug, "A transaction could not be aborted: {Failure}")]
    private partial void LogAbortFailed(string failure);
}
