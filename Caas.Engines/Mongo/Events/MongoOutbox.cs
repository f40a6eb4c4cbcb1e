using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Events;

/// <inheritdoc cref="IOutbox"/>
/// <remarks>
/// Each database (of a client, or the platform's) is a source with a position of its own, saved within a second. Of all
/// nodes one relays, and reads wait in the others. The first call of a process starts it.
/// </remarks>
internal sealed class MongoOutbox(RelayLoop loop, MongoReads reads, MongoDatabases databases) : IOutbox
{
    /// <summary>The most that <see cref="CountPendingAsync"/> counts.</summary>
    public const int MostCounted = 10_000;

    private const string PlatformSource = "platform";

    private readonly (RelayTerm? Term, RelaySource? Source)[] _current = new (RelayTerm?, RelaySource?)[databases.Options.RelayShards];

    /// <inheritdoc/>
    public int Shards => _current.Length;

    /// <inheritdoc/>
    public async ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var term = await loop.TermAsync(cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(term.Ended, cancellationToken);
            try
            {
                if (_current[shard].Term != term || _current[shard].Source is not { } source)
                {
                    source = await term.Sources.NextAsync(shard, either.Token);
                    _current[shard] = (term, source);
                }

                if ((TakeRecent(source, limit) ?? await ReadAsync(source, limit, either.Token)) is { } batch)
                {
                    return batch;
                }

                Next(shard, term, source);
            }
            catch (StorageException) when (_current[shard] is { Term: not null, Source: not null })
            {
                // The next time another one's turn: its database may be in a deployment that answers.
                Next(shard, term, _current[shard].Source!);
                throw;
            }
            catch (OperationCanceledException) when (term.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Another node relays now; wait for the next turn.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken)
    {
        if (loop.Current is not { } term)
        {
            // The place was lost meanwhile: whoever has it publishes these changes again.
            return ValueTask.CompletedTask;
        }

        var name = batch.Source == PlatformSource
            ? DatabaseName.Platform
            : DatabaseName.Of(new ClientId(Guid.ParseExact(batch.Source, "N")));
        var source = term.Sources.Get(name);
        term.Confirm(source, batch.Position);
        loop.SaveSoon();

        // To the end of the queue, so that a busy client does not keep the others waiting.
        if (_current[source.Shard] == (term, source))
        {
            Next(source.Shard, term, source);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        var name = DatabaseName.Of(clientId);
        var saved = RelayDocuments.Relayed(
            await reads.FirstAsync(DatabaseName.Platform, RelayDocuments.Of(name), cancellationToken));
        var known = loop.Current?.Sources.Get(name).Confirmed ?? 0;
        return await reads.CountAsync(name, ChangeDocuments.Behind(Math.Max(saved, known), MostCounted), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>From the memory of the node that relays; nothing on the others.</remarks>
    public async ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken)
    {
        await loop.StartAsync(cancellationToken);
        var (changes, waiting) = loop.Current?.Sources.Backlog ?? (0, TimeSpan.Zero);
        return new OutboxBacklog(changes, waiting);
    }

    private static OutboxBatch? TakeRecent(RelaySource source, int limit)
    {
        var changes = new List<Change>();
        var position = source.Recent.Take(source.Confirmed, limit, changes);
        return BatchOf(source, position, changes);
    }

    private async Task<OutboxBatch?> ReadAsync(RelaySource source, int limit, CancellationToken cancellationToken)
    {
        var documents = await reads.FindAsync(source.Name, ChangeDocuments.Behind(source.Confirmed, limit), cancellationToken);
        var position = documents.Count == 0 ? 0 : ChangeDocuments.Position(documents[^1]);
        return BatchOf(source, position, documents.ConvertAll(document => ChangeDocuments.Read(document, source.Name.Client)));
    }

    private static OutboxBatch? BatchOf(RelaySource source, long position, List<Change> changes)
    {
        var name = source.Name.Client is { } client ? client.Value.ToString("N") : PlatformSource;
        return changes.Count == 0 ? null : new OutboxBatch(name, position, changes);
    }

    private void Next(int shard, RelayTerm term, RelaySource source)
    {
        _current[shard] = default;
        term.Sources.Release(source);
    }
}
