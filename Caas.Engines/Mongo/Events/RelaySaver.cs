using Caas.Engines.Documents;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// Saves how far the relay is: within a second after something moved, and often enough to keep the lease. One save at a
/// time. Thread-safe.
/// </summary>
internal sealed partial class RelaySaver : IAsyncDisposable
{
    // What one transaction may hold and stay short.
    private const int SavedAtOnce = 1000;

    private static readonly TimeSpan SavesAfter = TimeSpan.FromSeconds(1);

    private readonly RelayLease _lease;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _saves = new(1);
    private readonly ITimer _timer;
    private int _isDue;
    private volatile RelayTerm? _term;

    public RelaySaver(RelayLease lease, TimeProvider clock, ILogger<RelaySaver> logger)
    {
        (_lease, _logger) = (lease, logger);
        _timer = clock.CreateTimer(
            static self => _ = ((RelaySaver)self!).SaveAsync(force: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is saved; null while another node relays.</summary>
    public RelayTerm? Term
    {
        get => _term;
        set => _term = value;
    }

    /// <summary>Saves within a second.</summary>
    public void SaveSoon()
    {
        if (Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            _timer.Change(SavesAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Moves the beat where that is due, also where nothing else is to be saved.</summary>
    public Task KeepAsync() => _lease.IsDue ? SaveAsync(force: true) : Task.CompletedTask;

    /// <summary>Saves now; with nothing new only where it is forced.</summary>
    public async Task SaveAsync(bool force)
    {
        Interlocked.Exchange(ref _isDue, 0);
        await _saves.WaitAsync(CancellationToken.None);
        try
        {
            if (_term is { } term && (force || term.IsUnsaved))
            {
                await SaveAsync(term);
            }
        }
        finally
        {
            _saves.Release();
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private async Task SaveAsync(RelayTerm term)
    {
        // The tokens first: whatever came up to them is among the sources, or saved. They are written with the last of them.
        KeyValuePair<string, BsonDocument>[] tokens = [.. term.Tokens];
        var sources = term.TakeUnsaved();
        try
        {
            var at = 0;
            do
            {
                var part = sources.GetRange(at, Math.Min(SavedAtOnce, sources.Count - at));
                at += part.Count;
                if (!await TrySaveAsync(part, at == sources.Count ? tokens : []))
                {
                    LogReplaced();
                    await term.EndAsync();
                    return;
                }
            }
            while (at < sources.Count);
        }
#pragma warning disable CA1031 // Nobody awaits a timer: what was not saved is put back and logged, or it would never be saved.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            term.PutBack(sources);
            LogFailed(failure is StorageException { InnerException: { } cause } ? cause.GetType().Name : failure.GetType().Name);
            SaveSoon();
        }
    }

    private async Task<bool> TrySaveAsync(List<RelaySource> sources, KeyValuePair<string, BsonDocument>[] tokens)
    {
        var mark = static () => { };
        var saved = await _lease.TrySaveAsync(unit => mark = RelayTerm.Save(unit, sources, tokens));
        if (saved)
        {
            mark();
        }

        return saved;
    }

    [LoggerMessage(7313, LogLevel.Warning, "Another node relays now")]
    private partial void LogReplaced();

    [LoggerMessage(7314, LogLevel.Warning, "How far the relay is could not be saved, again in a second: {Failure}")]
    private partial void LogFailed(string failure);
}
