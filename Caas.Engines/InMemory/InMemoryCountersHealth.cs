using Caas.Domain.Policies;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.InMemory;

/// <summary>Asked by <c>/health</c>: whether the counters count.</summary>
internal sealed class InMemoryCountersHealth(IRateLimiter limiter) : IHealthCheck
{
    private const int Plenty = 1_000_000;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var lease = await limiter.AcquireAsync("health:", Plenty, Period, cancellationToken).ConfigureAwait(false);
        return lease.Allowed && lease.Remaining < Plenty
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The counters do not count.");
    }
}
