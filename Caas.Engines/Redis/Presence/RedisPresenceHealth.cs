using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.Redis.Presence;

/// <summary>Asked by <c>/health</c>: whether presence is known. Chat goes on without it: degraded.</summary>
internal sealed class RedisPresenceHealth(RedisPresence presence) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(presence.IsKnown
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("Redis is away: nobody knows who is there."));
}
