using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// Takes the place of the node that relays, when it is free, and then follows the change streams, one of each deployment: the
/// first one's decides how long, the others come and go beside it. Started by the first who asks. Thread-safe.
/// </summary>
internal sealed partial class RelayLoop(
    ChangeTail tail,
    RelayLease lease,
    RelaySaver saver,
    RelayHints hints,
    MongoReads reads,
    MongoDatabases databases,
    TimeProvider clock,
    ILogger<RelayLoop> logger) : IAsyncDisposable
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private Task? _loop;
    private TaskCompletionSource<RelayTerm> _term = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The term of this node; null while another relays.</summary>
    public RelayTerm? Current => saver.Term;

    /// <summary>Starts the loop, and waits until it is known whether this node relays.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _loop ??= Task.Run(RunAsync, CancellationToken.None);
        }

        return _tried.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until this node relays.</summary>
    public async Task<RelayTerm> TermAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        Task<RelayTerm> term;
        lock (_lock)
        {
            term = _term.Task.WaitAsync(cancellationToken);
        }

        return await term;
    }

    /// <summary>Something was confirmed: it is saved within a second.</summary>
    public void SaveSoon() => saver.SaveSoon();

    /// <summary>Saves how far everything is and makes place for another node.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_loop is { } loop)
        {
            await loop;
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await RepeatAsync(TakeTurnAsync, LogFailed, _stop.Token);
        _tried.TrySetResult();
    }

    private async Task TakeTurnAsync()
    {
        try
        {
            if (await lease.TryTakeAsync())
            {
                await RelayAsync();
            }
        }
        finally
        {
            _tried.TrySetResult();
        }
    }

    /// <summary>Does something again and again until it is stopped, a second after it ended or failed.</summary>
    private async Task RepeatAsync(Func<Task> work, Action<string> failed, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A relay that ended would leave changes unsent while the process looks well: it is logged, and tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failed(failure is StorageException { InnerException: { } cause } ? cause.GetType().Name : failure.GetType().Name);
            }

            await Task.Delay(AgainAfter, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RelayAsync()
    {
        using var term = new RelayTerm(databases, reads, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(term.Ended, _stop.Token);
        Task[] others = [];
        try
        {
            await term.LoadPendingAsync(either.Token);
            others = [.. databases.Placements.Others.Select(placement => FollowBesideAsync(term, placement, either.Token))];
            await FollowAsync(term, databases.Placements.First, () => Begin(term), either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Stopped or replaced.
        }
        finally
        {
            try
            {
                await EndAsync(term);
            }
            finally
            {
                await term.EndAsync();
                await Task.WhenAll(others);
            }
        }
    }

    /// <summary>Follows a further deployment for as long as the term lasts, whatever becomes of it meanwhile.</summary>
    private Task FollowBesideAsync(RelayTerm term, MongoPlacement placement, CancellationToken cancellationToken) => RepeatAsync(
        () => FollowAsync(term, placement, static () => { }, cancellationToken),
        failure => LogPlacementFailed(placement.Name, failure),
        cancellationToken);

    /// <summary>Follows the stream of a deployment until that fails, looking into every database where its place is lost.</summary>
    private async Task FollowAsync(RelayTerm term, MongoPlacement placement, Action begun, CancellationToken cancellationToken)
    {
        var token = term.Tokens.GetValueOrDefault(placement.Name) ?? RelayDocuments.ReadToken(
            await reads.FirstAsync(DatabaseName.Platform, RelayDocuments.Token(placement.Name), cancellationToken));
        while (true)
        {
            try
            {
                // Opened first: what comes while the databases are looked at is in the stream.
                using var cursor = await tail.OpenAsync(placement, token, cancellationToken);
                if (token is null)
                {
                    LogSwept(await term.SweepAsync(placement, cancellationToken), placement.Name);
                }

                term.MoveTo(placement, cursor.GetResumeToken() ?? token);
                begun();
                while (await cursor.MoveNextAsync(cancellationToken))
                {
                    await TakeAsync(term, placement, cursor, cancellationToken);
                }

                return;
            }
            catch (MongoException failure) when (MongoFailures.IsHistoryLost(failure))
            {
                LogTokenLost(placement.Name);
                token = null;
            }
        }
    }

    private async Task TakeAsync(
        RelayTerm term, MongoPlacement placement, IChangeStreamCursor<BsonDocument> cursor, CancellationToken cancellationToken)
    {
        var events = cursor.Current.Select(tail.Read).OfType<RelayEvent>().ToList();
        await term.TakeAsync(events, cancellationToken);
        term.MoveTo(placement, cursor.GetResumeToken());
        if (events.Count > 0)
        {
            saver.SaveSoon();
        }

        await saver.KeepAsync();
    }

    private void Begin(RelayTerm term)
    {
        saver.Term = term;
        hints.ListenWith(term.NoteAsync);
        lock (_lock)
        {
            _term.TrySetResult(term);
        }

        _tried.TrySetResult();
    }

    private async Task EndAsync(RelayTerm term)
    {
        hints.ListenWith(null);
        lock (_lock)
        {
            _term = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await saver.SaveAsync(force: true);
        saver.Term = null;
        await term.EndAsync();
        await lease.ReleaseAsync();
    }

    [LoggerMessage(7310, LogLevel.Warning, "The relay's loop failed and goes on: {Failure}")]
    private partial void LogFailed(string failure);

    [LoggerMessage(7311, LogLevel.Information, "The relay looked into {Databases} databases of '{Placement}' for what was not relayed")]
    private partial void LogSwept(int databases, string placement);

    [LoggerMessage(7312, LogLevel.Warning, "The change stream of '{Placement}' has lost the place where the relay was: it looks into every database")]
    private partial void LogTokenLost(string placement);

    [LoggerMessage(7315, LogLevel.Warning, "The relay cannot follow '{Placement}' and tries again: {Failure}")]
    private partial void LogPlacementFailed(string placement, string failure);
}
