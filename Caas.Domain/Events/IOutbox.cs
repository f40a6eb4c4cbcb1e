using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>
/// The changes that the relay still has to move into the stream, of every client and of the platform. The store knows
/// when there are some: a commit nudges, nobody polls, and what a crash left behind is found at start.
/// </summary>
public interface IOutbox
{
    /// <summary>How many readers share the work; a log belongs to one of them.</summary>
    int Shards { get; }

    /// <summary>
    /// The next changes of one log store of this shard, in the order of their commits, so of their versions in each
    /// log; waits until there are some. Gives the same ones again until they were confirmed. One reader a shard.
    /// </summary>
    ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The batch is in the stream. The position may become durable later (within a second): after a crash a part may
    /// be given again.
    /// </summary>
    ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken);

    /// <summary>How many changes of a client wait, at the most the limit; for metrics and tests.</summary>
    ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken);

    /// <summary>What waits in all logs together. Cheap: it may be asked every few seconds, however many logs there are.</summary>
    ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken);
}

/// <summary>What waits for the relay.</summary>
/// <param name="Changes">How many changes.</param>
/// <param name="Waiting">
/// For how long the log that is worst off has had something to move and moved nothing; zero where nothing waits.
/// </param>
public sealed record OutboxBacklog(long Changes, TimeSpan Waiting);

/// <summary>Changes to relay.</summary>
/// <param name="Source">The log store that they come from; opaque.</param>
/// <param name="Position">Where the store is after them; opaque.</param>
/// <param name="Changes">At least one.</param>
public sealed record OutboxBatch(string Source, long Position, IReadOnlyList<Change> Changes);
