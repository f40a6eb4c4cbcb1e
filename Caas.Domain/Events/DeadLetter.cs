namespace Caas.Domain.Events;

/// <summary>A record of the stream that a consumer group could not handle and went on without.</summary>
public sealed record DeadLetter
{
    /// <summary>The id; the same where the same record is given up again.</summary>
    public required DeadLetterId Id { get; init; }

    /// <summary>The topic that the record is from.</summary>
    public required string Topic { get; init; }

    /// <summary>Its partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset there.</summary>
    public required long Offset { get; init; }

    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The event's own id, <c>evt_...</c>; null where the value is no event that could be read.</summary>
    public required string? EventId { get; init; }

    /// <summary>The consumer group that gave up.</summary>
    public required string Consumer { get; init; }

    /// <summary>How often it tried, earlier replays included.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why, as <see cref="DeadLetterReason"/> says it: one short line, never anything of a body.</summary>
    public required string Reason { get; init; }

    /// <summary>When the record was appended.</summary>
    public required DateTimeOffset AppendedAt { get; init; }

    /// <summary>When the group gave up.</summary>
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>The value as it came; empty where the letter is done with.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The W3C traceparent of the record; null where there was none.</summary>
    public required string? TraceParent { get; init; }

    /// <summary>
    /// Set in the command that puts the record through its group again, which travels in the same topic; null in the
    /// letter itself.
    /// </summary>
    public DateTimeOffset? ReplayRequestedAt { get; init; }

    /// <summary>The record as its group gets it again.</summary>
    public ConsumedRecord ToRecord() => new(Offset, Key, Value, TraceParent, AppendedAt);
}
