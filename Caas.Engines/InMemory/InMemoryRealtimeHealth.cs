using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.InMemory;

/// <summary>Asked by <c>/health</c>: whether the realtime bus still delivers.</summary>
internal sealed class InMemoryRealtimeHealth(InMemoryRealtimeBus bus) : IHealthCheck
{
    /// <summary>How long a receiver may sit with one signal.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(bus.IsDelivering(Patience)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("A receiver of the realtime bus takes no signals."));
}
