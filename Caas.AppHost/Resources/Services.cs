using System.Globalization;

namespace Caas.AppHost.Resources;

/// <summary>What the three services share.</summary>
internal static class Services
{
    private const int ApiPort = 8080;
    private const int MetricsPort = 3001;

    // Where a gateway may be, as seen by what stands behind it.
    private static readonly string[] PrivateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];
    private static readonly string[] ThisMachine = ["127.0.0.1", "::1"];

    /// <summary>The endpoint of the API, with the probe of readiness: where to listen is told by <c>Caas:Http</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithApi(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int? port = null)
    {
        var environment = service.ApplicationBuilder.Environment.EnvironmentName;
        return service
            .WithHttpEndpoint(
                deployment.IsRun ? port : null,
                targetPort: deployment.IsRun ? null : ApiPort,
                name: "http",
                env: "Caas__Http__Port")
            .WithEnvironment("Caas__Http__Host", deployment.IsRun ? "localhost" : "0.0.0.0")
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithEnvironment("DOTNET_ENVIRONMENT", environment)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment);
    }

    /// <summary>The endpoint of the metrics, for the operator: a listener of its own, told by <c>Caas:Metrics:Port</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithMetrics(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int? port = null) =>
        service.WithHttpEndpoint(
            deployment.IsRun ? port : null,
            targetPort: deployment.IsRun ? null : MetricsPort,
            name: "metrics",
            env: "Caas__Metrics__Port");

    /// <summary>Believes the gateway when it says for whom it asks; nobody else reaches the service.</summary>
    public static IResourceBuilder<ProjectResource> BehindGateway(
        this IResourceBuilder<ProjectResource> service, Deployment deployment)
    {
        foreach (var (index, proxy) in (deployment.IsRun ? ThisMachine : PrivateNetworks).Index())
        {
            service.WithEnvironment($"Caas__Http__KnownProxies__{index.ToString(CultureInfo.InvariantCulture)}", proxy);
        }

        // As long as the gateway takes to see that a process is not ready any more.
        return service.WithEnvironment("Caas__Http__DrainDelay", "00:00:03");
    }

    /// <summary>The operator's key, which opens <c>/api/platform</c> and, where it is closed, registration.</summary>
    public static IResourceBuilder<ProjectResource> WithPlatformKey(
        this IResourceBuilder<ProjectResource> service, IDistributedApplicationBuilder builder) =>
        service.WithEnvironment("Caas__Platform__Key", builder.AddSecret("platform-key", length: 40));

    /// <summary>Connects a service to every engine, and starts it when they are ready.</summary>
    public static IResourceBuilder<ProjectResource> WithEngines(
        this IResourceBuilder<ProjectResource> service, Engines engines, Deployment deployment)
    {
        if (deployment.Members == 1)
        {
            // One broker holds the only replica of every partition.
            service
                .WithEnvironment("Caas__Kafka__ReplicationFactor", "1")
                .WithEnvironment("Caas__Kafka__MinInSyncReplicas", "1");
        }

        foreach (var engine in engines.All)
        {
            service.WithReference(engine).WaitFor(engine);
        }

        return service;
    }
}

/// <summary>Every engine that a service uses.</summary>
/// <param name="All">Their connection strings, under the names of docs/configuration.md.</param>
internal sealed record Engines(IReadOnlyList<IResourceBuilder<IResourceWithConnectionString>> All);
