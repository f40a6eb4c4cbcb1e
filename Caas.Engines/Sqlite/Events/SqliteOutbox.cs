using System.Collections.Concurrent;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <inheritdoc cref="IOutbox"/>
/// <remarks>
/// Each file (of a client, or the platform's) is a source with a position of its own, kept in the file. The position is
/// saved with whatever the file writes next, and within a second where it writes nothing. A shard is a writer thread.
/// </remarks>
internal sealed class SqliteOutbox : IOutbox, IDisposable
{
    /// <summary>The most that <see cref="CountPendingAsync"/> counts.</summary>
    public const int MostCounted = 10_000;

    private const string Select = "SELECT position, " + ChangeRows.Columns
        + " FROM changes WHERE position > ? ORDER BY position LIMIT ?";

    private const string Count = "SELECT count(*) FROM (SELECT 1 FROM changes WHERE position > ? LIMIT ?)";

    private const string PlatformSource = "platform";

    private static readonly TimeSpan SavesAfter = TimeSpan.FromSeconds(1);

    private readonly DatabaseSet _databases;
    private readonly RelaySource?[] _current;
    private readonly ConcurrentDictionary<RelaySource, bool> _unsaved = new();
    private readonly ITimer _saves;
    private int _saving;

    public SqliteOutbox(DatabaseSet databases, TimeProvider clock)
    {
        _databases = databases;
        _current = new RelaySource?[databases.Relays.Shards];
        _saves = clock.CreateTimer(
            static self => ((SqliteOutbox)self!).Save(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public int Shards => _current.Length;

    /// <inheritdoc/>
    public async ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var source = _current[shard] ??= await _databases.Relays.NextAsync(shard, cancellationToken);
            var batch = TakeRecent(source, limit) ?? await _databases.ReadAsync(
                source.Name,
                (Source: source, Limit: limit),
                static (connection, state) => Read(connection, state.Source, state.Limit),
                absent: null,
                cancellationToken);
            if (batch is not null)
            {
                return batch;
            }

            Next(shard, source);
        }
    }

    /// <inheritdoc/>
    public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken)
    {
        var name = batch.Source == PlatformSource
            ? DatabaseName.Platform
            : DatabaseName.Of(new ClientId(Guid.ParseExact(batch.Source, "N")));
        var source = _databases.Relays.Get(name);
        source.Confirm(batch.Position);
        _unsaved[source] = true;
        if (Interlocked.Exchange(ref _saving, 1) == 0)
        {
            _saves.Change(SavesAfter, Timeout.InfiniteTimeSpan);
        }

        // To the end of the queue, so that a busy client does not keep the others waiting.
        if (_current[source.Shard] is { } current && current.Name == name)
        {
            current.Confirm(batch.Position);
            Next(source.Shard, current);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        var name = DatabaseName.Of(clientId);
        return _databases.ReadAsync(
            name,
            _databases.Relays.Get(name),
            static (connection, source) =>
            {
                var row = connection.Prepare(Count).Bind(source.Confirmed).Bind(MostCounted);
                row.Step();
                var count = row.Int64(0);
                row.Reset();
                return count;
            },
            absent: 0,
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>From memory. A file that a crash left behind counts once the relay has opened it.</remarks>
    public ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (changes, waiting) = _databases.Relays.Backlog;
        return ValueTask.FromResult(new OutboxBacklog(changes, waiting));
    }

    /// <inheritdoc/>
    public void Dispose() => _saves.Dispose();

    private static OutboxBatch? TakeRecent(RelaySource source, int limit)
    {
        var changes = new List<Change>();
        var position = source.Recent.Take(source.Confirmed, limit, changes);
        return BatchOf(source, position, changes);
    }

    private static OutboxBatch? Read(Connection connection, RelaySource source, int limit)
    {
        var changes = new List<Change>();
        var position = source.Confirmed;
        var row = connection.Prepare(Select).Bind(position).Bind(limit);
        while (row.Step())
        {
            position = row.Int64(0);
            changes.Add(ChangeRows.Read(row, 1, source.Name.Client));
        }

        return BatchOf(source, position, changes);
    }

    private static OutboxBatch? BatchOf(RelaySource source, long position, List<Change> changes)
    {
        var name = source.Name.Client is { } client ? client.Value.ToString("N") : PlatformSource;
        return changes.Count == 0 ? null : new OutboxBatch(name, position, changes);
    }

    private void Next(int shard, RelaySource source)
    {
        _current[shard] = null;
        _databases.Relays.Release(source);
    }

    private void Save()
    {
        Interlocked.Exchange(ref _saving, 0);
        foreach (var (source, _) in _unsaved)
        {
            _unsaved.TryRemove(source, out _);
            if (source.IsUnsaved)
            {
                _databases.Post(source.Name, 0, static (_, _) => { }, forced: true);
            }
        }
    }
}
