using Microsoft.Extensions.Logging;

namespace Caas.Engines.Kafka;

/// <summary>What every member of a group works with.</summary>
/// <param name="Configs">How its client is made.</param>
/// <param name="Options">The limits.</param>
/// <param name="Metrics">What it counts.</param>
/// <param name="Clock">What it waits by.</param>
/// <param name="Logger">Where the operator reads.</param>
internal sealed record MemberTools(
    KafkaClientConfigs Configs, KafkaOptions Options, KafkaMetrics Metrics, TimeProvider Clock, ILogger<KafkaEventStream> Logger);
