using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Gateway.Platform;

/// <summary>How the engines are.</summary>
/// <param name="Status">The worst of them: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Engines">Each by its name.</param>
internal sealed record PlatformHealth(string Status, IReadOnlyDictionary<string, string> Engines)
{
    /// <summary>What the checks found.</summary>
    public static PlatformHealth Of(HealthReport report) => new(
        Word(report.Status),
        report.Entries.ToDictionary(entry => entry.Key, entry => Word(entry.Value.Status), StringComparer.Ordinal));

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        HealthStatus.Unhealthy => "unhealthy",
    };
}
