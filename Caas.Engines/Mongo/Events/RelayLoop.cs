using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// Takes the place of the node that relays, when it is free, and while it has it follows the change stream and saves how
/// far everything is. Thread-safe; the loop owns the lease, and the saves come one after the other.
/// </summary>
internal sealed partial class RelayLoop : IAsyncDisposable
{
    private static readonly TimeSpan SavesAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private readonly ChangeTail _tail;
    private readonly RelayLease _lease;
    private readonly RelayHints _hints;
    private readonly MongoReads _reads;
    private readonly MongoDatabases _databases;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _saves = new(1);
    private readonly ITimer _saveTimer;
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private Task? _loop;
    private TaskCompletionSource<RelayTerm> _term = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _saveIsDue;
    private volatile RelayTerm? _current;

    public RelayLoop(
        ChangeTail tail,
        RelayLease lease,
        RelayHints hints,
        MongoReads reads,
        MongoDatabases databases,
        TimeProvider clock,
        ILogger<RelayLoop> logger)
    {
        (_tail, _lease, _hints, _reads, _databases, _clock, _logger) = (tail, lease, hints, reads, databases, clock, logger);
        _saveTimer = clock.CreateTimer(
            static self => _ = ((RelayLoop)self!).SaveAsync(force: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The term of this node; null while another one relays.</summary>
    public RelayTerm? Current => _current;

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
            term = _term.Task;
        }

        return await term.WaitAsync(cancellationToken);
    }

    /// <summary>Saves within a second.</summary>
    public void SaveSoon()
    {
        lock (_lock)
        {
            if (_saveIsDue)
            {
                return;
            }

            _saveIsDue = true;
        }

        _saveTimer.Change(SavesAfter, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Saves how far everything is and makes place for another node.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _saveTimer.DisposeAsync();
        if (_loop is { } loop)
        {
            await loop;
        }

        _saves.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await _lease.TryTakeAsync())
                {
                    await RelayAsync();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever failed, the loop goes on: the changes wait in the databases.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogFailed(failure.GetType().Name);
            }

            _tried.TrySetResult();
            await Task.Delay(AgainAfter, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _tried.TrySetResult();
    }

    private async Task RelayAsync()
    {
        using var term = new RelayTerm(_databases, _reads, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(term.Ended, _stop.Token);
        try
        {
            var token = RelayDocuments.ReadToken(
                await _reads.FirstAsync(Documents.DatabaseName.Platform, RelayDocuments.Token, either.Token));
            while (await FollowAsync(term, token, either.Token))
            {
                token = null;
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Stopped, or replaced.
        }
        finally
        {
            await EndAsync(term);
        }
    }

    /// <summary>Follows the stream; true where the token is lost, and everything has to be looked at.</summary>
    private async Task<bool> FollowAsync(RelayTerm term, BsonDocument? token, CancellationToken cancellationToken)
    {
        try
        {
            // Opened first: what comes while the databases are looked at is in the stream.
            using var cursor = await _tail.OpenAsync(token, cancellationToken);
            if (token is null)
            {
                LogSwept(await term.SweepAsync(cancellationToken));
            }
            else
            {
                await term.LoadPendingAsync(cancellationToken);
            }

            Begin(term);
            while (await cursor.MoveNextAsync(cancellationToken))
            {
                var events = cursor.Current.Select(_tail.Read).OfType<RelayEvent>().ToList();
                await term.TakeAsync(events, cancellationToken);
                term.Token = cursor.GetResumeToken();
                if (events.Count > 0)
                {
                    SaveSoon();
                }
                else if (_lease.IsDue)
                {
                    await SaveAsync(force: true);
                }
            }

            return false;
        }
        catch (MongoException failure) when (MongoFailures.IsHistoryLost(failure))
        {
            LogTokenLost();
            return true;
        }
    }

    private void Begin(RelayTerm term)
    {
        _current = term;
        _hints.ListenWith(NoteAsync);
        lock (_lock)
        {
            _term.TrySetResult(term);
        }

        _tried.TrySetResult();
    }

    private async Task EndAsync(RelayTerm term)
    {
        _hints.ListenWith(null);
        await SaveAsync(force: true);
        _current = null;
        await term.EndAsync();
        lock (_lock)
        {
            _term = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Documents.StorageException failure)
        {
            LogFailed(failure.GetType().Name);
        }
    }

    private async ValueTask NoteAsync(Documents.DatabaseName name, long position)
    {
        try
        {
            if (_current is { } term)
            {
                await term.NoteAsync(name, position);
            }
        }
        catch (Documents.StorageException failure)
        {
            // Only a hint: the change stream says it too.
            LogFailed(failure.GetType().Name);
        }
    }

    private async Task SaveAsync(bool force)
    {
        lock (_lock)
        {
            _saveIsDue = false;
        }

        await _saves.WaitAsync();
        try
        {
            if (_current is { } term && (force || term.IsUnsaved))
            {
                await SaveAsync(term);
            }
        }
        finally
        {
            _saves.Release();
        }
    }

    private async Task SaveAsync(RelayTerm term)
    {
        // The token first: whatever came up to it is among the sources, or saved.
        var token = term.Token;
        var sources = term.TakeUnsaved();
        try
        {
            var saved = static () => { };
            if (await _lease.TrySaveAsync(unit => saved = term.Save(unit, sources, token)))
            {
                saved();
                return;
            }

            LogReplaced();
            await term.EndAsync();
        }
        catch (Documents.StorageException failure)
        {
            term.PutBack(sources);
            LogFailed(failure.GetType().Name);
            SaveSoon();
        }
    }

    [LoggerMessage(7310, LogLevel.Warning, "The relay's loop failed and goes on: {Failure}")]
    private partial void LogFailed(string failure);

    [LoggerMessage(7311, LogLevel.Information, "The relay looked into {Databases} databases for what was not relayed")]
    private partial void LogSwept(int databases);

    [LoggerMessage(7312, LogLevel.Warning, "The change stream has lost the place where the relay was: it looks into every database")]
    private partial void LogTokenLost();

    [LoggerMessage(7313, LogLevel.Warning, "Another node relays now")]
    private partial void LogReplaced();
}
