using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.Redis;

/// <summary>
/// Asked by <c>/health</c>: whether the realtime bus still delivers. Without Redis the nodes live by the store: degraded.
/// </summary>
internal sealed class RedisRealtimeHealth(RedisRealtimeBus bus) : IHealthCheck
{
    /// <summary>How long a receiver may sit with one signal.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((bus.IsDelivering(Patience), bus.IsConnected) switch
        {
            (false, _) => HealthCheckResult.Unhealthy("A receiver of the realtime bus takes no signals."),
            (true, false) => HealthCheckResult.Degraded("Redis is away: nodes read the store instead."),
            (true, true) => HealthCheckResult.Healthy(),
        });
}
