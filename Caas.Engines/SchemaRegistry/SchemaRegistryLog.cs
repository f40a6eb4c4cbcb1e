using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.SchemaRegistry;

/// <summary>What the registry's client tells its operator.</summary>
internal static partial class SchemaRegistryLog
{
    [LoggerMessage(7201, LogLevel.Warning, "Subject {Subject} has the compatibility level {Level}, not FULL_TRANSITIVE: a reader may meet what it cannot read.")]
    public static partial void OtherLevel(ILogger logger, string subject, Compatibility level);

    [LoggerMessage(7202, LogLevel.Warning, "The start waits for the schema registry: {Reason}")]
    public static partial void StartWaits(ILogger logger, string reason);
}
