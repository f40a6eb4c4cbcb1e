using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.LocalRegistry;

/// <summary>Asked by <c>/health</c>: whether the registry's file can be read.</summary>
internal sealed class LocalRegistryHealth(LocalSchemaRegistry registry) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            registry.Probe();
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (Exception failure) when (failure is IOException or SqliteException or ObjectDisposedException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The schemas cannot be read.", failure));
        }
    }
}
