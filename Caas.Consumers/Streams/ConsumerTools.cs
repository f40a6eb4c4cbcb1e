using Caas.Consumers.Notifications;

namespace Caas.Consumers.Streams;

/// <summary>What every consumer works with.</summary>
/// <param name="DeadLetters">Where it puts what it gives up.</param>
/// <param name="Notices">How it tells the operator.</param>
/// <param name="Metrics">What it counts.</param>
/// <param name="Options">How long it tries.</param>
/// <param name="Clock">What it waits by.</param>
internal sealed record ConsumerTools(
    DeadLetterWriter DeadLetters,
    NotificationWriter Notices,
    ConsumerMetrics Metrics,
    ConsumersOptions Options,
    TimeProvider Clock);
