using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>
/// What one consumer group does with the records of one topic. At least once: its effect is idempotent, keyed by event
/// id or version.
/// </summary>
internal interface IStreamHandler
{
    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>The consumer group.</summary>
    string Group { get; }

    /// <summary>
    /// Whether a record that fails becomes a dead letter after some tries. False where that would feed itself: the record
    /// is tried until it succeeds, and only an engine that is away may make it fail.
    /// </summary>
    bool GivesUp => true;

    /// <summary>How long one try may take.</summary>
    TimeSpan TimeoutOf(ConsumersOptions options) => options.TryTimeout;

    /// <summary>
    /// Has the effect of one record. An exception means that it had none, and that it is tried again, later and a few
    /// times, while the records behind it go on.
    /// </summary>
    ValueTask HandleAsync(ConsumedRecord record, CancellationToken cancellationToken);
}
