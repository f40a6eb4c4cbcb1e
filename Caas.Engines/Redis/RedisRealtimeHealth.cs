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
        Task.FromResult(bus switch
        {
            _ when !bus.IsDelivering(Patience) => HealthCheckResult.Unhealthy("A receiver of the realtime bus takes no signals."),
            { IsAgreed: false } => HealthCheckResult.Unhealthy(
                $"The other nodes have another {RedisOptions.Section}:{nameof(RedisOptions.BusShards)}: some of what they send is not heard here."),
            { IsConnected: false } => HealthCheckResult.Degraded("Redis is away: nodes read the store instead."),
            _ => HealthCheckResult.Healthy(),
        });
}
