using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Caas.AppHost.Resources;

/// <summary>What the three services share.</summary>
internal static class Services
{
    private const int ApiPort = 8080;
    private const int MetricsPort = 3001;

    // A process listens when its engines answer, and ends by itself where Kafka and the registry do not for a minute each:
    // a probe that ends it sooner would only hide why.
    private const int LongestStartSeconds = 120;

    /// <summary>
    /// The endpoint of the API with its probes: ready (<c>/health</c>) and alive (<c>/alive</c>). Where it listens is told by
    /// <c>Caas:Http</c>.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithApi(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int? port = null)
    {
        var environment = EnvironmentOf(service.ApplicationBuilder, deployment);
        if (deployment.IsRun)
        {
            // Aspire has every span sampled, those below one that is left out too: a page of them each second.
            service.WithEnvironment("OTEL_TRACES_SAMPLER", "parentbased_always_on");
        }

        return service
            .WithHttpEndpoint(
                deployment.Target is Target.K8s or Target.Azure ? null : port,
                targetPort: deployment.IsRun ? null : ApiPort,
                name: "http",
                env: "Caas__Http__Port")
            .WithEndpointsInEnvironment(static _ => false)
            .WithEnvironment("Caas__Http__Host", deployment.IsRun ? "localhost" : "0.0.0.0")
            .WithHttpProbe(ProbeType.Readiness, "/health", periodSeconds: 3, timeoutSeconds: 5, failureThreshold: 2, endpointName: "http")
            .WithHttpProbe(
                ProbeType.Liveness,
                "/alive",
                LongestStartSeconds / 2,
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: LongestStartSeconds / 2 / 10,
                endpointName: "http")
            .WithEnvironment("DOTNET_ENVIRONMENT", environment)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", environment)

            // Else the framework believes whoever says for whom he asks; whom to believe is told by Caas:Http:KnownProxies.
            .DisableForwardedHeaders();
    }

    /// <summary>The endpoint of the metrics, for the operator: a listener of its own, told by <c>Caas:Metrics:Port</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithMetrics(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int? port = null) =>
        service.WithHttpEndpoint(
            deployment.IsRun ? port : null,
            targetPort: deployment.IsRun ? null : MetricsPort,
            name: "metrics",
            env: "Caas__Metrics__Port");

    /// <summary>
    /// Connects a service to every engine, by connection strings alone, and starts it when those that it uses are ready.
    /// </summary>
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

        service.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString);
        foreach (var engine in engines.Used.Concat(engines.Declared))
        {
            service
                .WithReference(engine.Connection)
                .WithEnvironment(context =>
                {
                    foreach (var (name, value) in engine.Settings)
                    {
                        context.EnvironmentVariables[name] = value;
                    }
                })
                .WithPassword(engine, deployment);
        }

        foreach (var engine in engines.Used)
        {
            service.WaitFor(engine);
        }

        return service;
    }

    /// <summary>
    /// Several processes of one service. When run, each is a resource of its own: the proxy in front of a resource with
    /// replicas would give a socket that polls to another process with each request.
    /// </summary>
    public static IReadOnlyList<IResourceBuilder<ProjectResource>> AddProcesses<TProject>(
        this IDistributedApplicationBuilder builder,
        string name,
        int count,
        Deployment deployment,
        Action<IResourceBuilder<ProjectResource>> configure)
        where TProject : IProjectMetadata, new()
    {
        string[] names = deployment.IsRun
            ? [.. Enumerable.Range(1, count).Select(number => $"{name}-{number.ToString(CultureInfo.InvariantCulture)}")]
            : [name];
        var processes = names.Select(process => builder.AddProject<TProject>(process)).ToList();
        foreach (var process in processes)
        {
            configure(process);
            if (!deployment.IsRun)
            {
                process.WithReplicas(count).PublishHardened(deployment, count);
            }
        }

        return processes;
    }

    // Who publishes with `dotnet run`, as azd does, has the environment of the launch settings, which is Development: what
    // is published would let anyone register.
    private static string EnvironmentOf(IDistributedApplicationBuilder builder, Deployment deployment) =>
        builder.Environment.IsDevelopment() && !deployment.IsRun
            ? Environments.Production
            : builder.Environment.EnvironmentName;

    // A chart's values hold only what some variable is as a whole: a password within a connection string alone would be
    // read from a value that is not there.
    private static void WithPassword(this IResourceBuilder<ProjectResource> service, Engine engine, Deployment deployment)
    {
        if (deployment.Target is Target.K8s && engine.Password is { } password)
        {
            service.WithEnvironment($"{engine.Connection.Resource.Name.ToUpperInvariant()}_PASSWORD", password);
        }
    }
}
