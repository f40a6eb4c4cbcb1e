using Caas.Domain.Policies;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.Redis;

/// <summary>
/// Asked by <c>/health</c>: whether the counters count. Without Redis they count for each node alone, which is no reason
/// to take the node out: degraded.
/// </summary>
internal sealed class RedisCountersHealth(RedisRateLimiter limiter) : IHealthCheck
{
    private const int Plenty = 1_000_000;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var lease = await ((IRateLimiter)limiter).AcquireAsync("health:", Plenty, Period, cancellationToken).ConfigureAwait(false);
        if (!lease.Allowed || lease.Remaining >= Plenty)
        {
            return HealthCheckResult.Unhealthy("The counters do not count.");
        }

        return limiter.IsShared
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("Redis is away: each node counts for itself.");
    }
}
