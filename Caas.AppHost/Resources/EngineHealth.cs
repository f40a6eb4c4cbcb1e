using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.AppHost.Resources;

/// <summary>Health checks that ask the engine itself: the port of a container answers before the engine does.</summary>
internal static class EngineHealth
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds a check that asks with the resource's connection string; <paramref name="ask"/> gives what is wrong, or null.
    /// </summary>
    public static IResourceBuilder<ConnectionStringResource> WithEngineHealth(
        this IResourceBuilder<ConnectionStringResource> engine, Func<string, CancellationToken, Task<string?>> ask)
    {
        var key = $"{engine.Resource.Name}_engine";
        engine.ApplicationBuilder.Services.AddHealthChecks()
            .AddCheck(key, new Check(engine.Resource.ConnectionStringExpression, ask), failureStatus: null, tags: [], Timeout);
        return engine.WithHealthCheck(key);
    }

    private sealed class Check(ReferenceExpression connection, Func<string, CancellationToken, Task<string?>> ask) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            // An exception is a failed check too: the health check service catches it.
            var address = await connection.GetValueAsync(cancellationToken);
            var fault = address is null ? "It has no address yet." : await ask(address, cancellationToken);
            return fault is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(fault);
        }
    }
}
