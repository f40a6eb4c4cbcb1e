using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.SchemaRegistry;

/// <summary>Asked by <c>/health</c>: whether the registry answers.</summary>
internal sealed class SchemaRegistryHealth(ConfluentSchemaRegistry registry) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await registry.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (IOException failure)
        {
            return HealthCheckResult.Unhealthy("The schema registry does not answer.", failure);
        }
    }
}
