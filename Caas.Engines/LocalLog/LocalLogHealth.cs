using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.LocalLog;

/// <summary>Asked by <c>/health</c>: whether the event stream's file can be written.</summary>
internal sealed class LocalLogHealth(LocalEventStream stream) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await stream.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            return HealthCheckResult.Unhealthy("The event stream cannot be written.", failure);
        }
    }
}
