namespace Caas.Domain.Events;

/// <summary>
/// The event stream: topics of partitions, each an append-only sequence of records with the offsets 0, 1, 2 ... Records
/// of one key are in one partition, in the order in which they were appended by one producer. At least once: a record
/// may be appended and read again. Thread-safe.
/// </summary>
public interface IEventStream
{
    /// <summary>
    /// Appends the records in their order, and completes when all of them are durable. On an exception some, none or
    /// all of them may have been appended: the caller appends them again.
    /// </summary>
    ValueTask AppendAsync(string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken);

    /// <summary>
    /// Joins a consumer group. Each partition of the topic is read by one member of the group at a time, from the
    /// group's committed offset, or from the beginning where there is none.
    /// </summary>
    ValueTask<IStreamSubscription> SubscribeAsync(string topic, string group, CancellationToken cancellationToken);
}

/// <summary>One member of a consumer group. Used by one reader at a time; disposing it leaves the group.</summary>
public interface IStreamSubscription : IAsyncDisposable
{
    /// <summary>
    /// The next records of any one partition that this member holds, in the order of their offsets; waits until there
    /// are some. An <see cref="InvalidDataException"/> where a partition cannot be read on: told once, and from then on
    /// the other partitions are read. Any other exception: the member is of no more use.
    /// </summary>
    ValueTask<StreamBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Everything of the partition below <paramref name="nextOffset"/> is done: a new member begins there. Durable at
    /// the latest a second later; after a crash what was done since is read again. Never goes back. Ignored for a
    /// partition that the member no longer holds.
    /// </summary>
    ValueTask CommitAsync(int partition, long nextOffset, CancellationToken cancellationToken);
}

/// <summary>A record to append.</summary>
/// <param name="Key">Decides the partition; records of one key keep their order.</param>
/// <param name="Value">The bytes.</param>
/// <param name="TraceParent">The W3C traceparent, carried as a header; null for none.</param>
public readonly record struct StreamRecord(string Key, ReadOnlyMemory<byte> Value, string? TraceParent);

/// <summary>A record that was read.</summary>
/// <param name="Offset">Its place in the partition.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="TraceParent">The W3C traceparent of the producer; null where there was none.</param>
/// <param name="AppendedAt">When it was appended.</param>
public readonly record struct ConsumedRecord(
    long Offset, string Key, ReadOnlyMemory<byte> Value, string? TraceParent, DateTimeOffset AppendedAt);

/// <summary>Records of one partition, in the order of their offsets.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Records">At least one.</param>
public sealed record StreamBatch(string Topic, int Partition, IReadOnlyList<ConsumedRecord> Records);

/// <summary>What an operator asks the event stream.</summary>
public interface IStreamStatus
{
    /// <summary>How far each group is behind in each partition.</summary>
    ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken);
}

/// <summary>How far a group is behind in one partition.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Group">The consumer group; null for the partition itself, which nobody reads.</param>
/// <param name="CommittedOffset">Where the group is.</param>
/// <param name="EndOffset">The offset of the next record.</param>
public sealed record GroupLag(string Topic, int Partition, string? Group, long CommittedOffset, long EndOffset)
{
    /// <summary>The records between the two.</summary>
    public long Lag => EndOffset - CommittedOffset;
}
