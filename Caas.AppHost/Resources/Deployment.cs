using Aspire.Hosting.Kubernetes;
using Microsoft.Extensions.Configuration;

namespace Caas.AppHost.Resources;

/// <summary>How large the engines are, and where the application goes.</summary>
/// <param name="Topology">One of each engine, or as many as survive the loss of one.</param>
/// <param name="Target">What is published for; null when the application is run here.</param>
/// <param name="Kubernetes">The environment of a chart; null elsewhere.</param>
internal sealed record Deployment(
    Topology Topology, Target? Target, IResourceBuilder<KubernetesEnvironmentResource>? Kubernetes = null)
{
    /// <summary>Whether the application is run on this machine, with the ports that people know.</summary>
    public bool IsRun => Target is null;

    /// <summary>Whether the stateful engines are services of the platform, named by their connection strings.</summary>
    public bool HasManagedEngines => Target is Resources.Target.Azure;

    /// <summary>The members of the replica set, and the brokers.</summary>
    public int Members => Topology == Topology.Cluster ? 3 : 1;

    /// <summary>
    /// Reads <c>Caas:Topology</c> and <c>Caas:Target</c>, and adds the compute environment of the target: with one of
    /// them, every resource belongs to it. A word that is neither stops the start and names its key.
    /// </summary>
    public static Deployment Read(IDistributedApplicationBuilder builder)
    {
        var published = builder.ExecutionContext.IsPublishMode;
        var topology = Word(builder.Configuration, "Caas:Topology", published ? Topology.Cluster : Topology.Single);
        if (!published)
        {
            return new Deployment(topology, Target: null);
        }

        var target = Word(builder.Configuration, "Caas:Target", Resources.Target.Compose);
        return new Deployment(topology, target, AddEnvironment(builder, target));
    }

    /// <summary>A port that people know when the application is run; elsewhere the platform's own choice.</summary>
    public int? PortWhenRun(int port) => IsRun ? port : null;

    // Without Aspire's dashboard: it shows the telemetry of one run to whoever holds its token. Where telemetry goes is the
    // operator's: OTEL_EXPORTER_OTLP_ENDPOINT.
    private static IResourceBuilder<KubernetesEnvironmentResource>? AddEnvironment(
        IDistributedApplicationBuilder builder, Target target)
    {
        switch (target)
        {
            case Resources.Target.Compose:
                builder.AddDockerComposeEnvironment("compose").WithDashboard(enabled: false);
                return null;
            case Resources.Target.K8s:
                return builder.AddKubernetesEnvironment("k8s")
                    .WithHelm(helm => helm.WithChartName("caas").WithChartDescription("CaaS: Communication as a Service"))
                    .WithDashboard(enabled: false);
            case Resources.Target.Azure:
                builder.AddAzureContainerAppEnvironment("azure");
                return null;
            default:
                throw new InvalidOperationException($"Caas:Target: {target} is not built.");
        }
    }

    private static TEnum Word<TEnum>(ConfigurationManager configuration, string key, TEnum otherwise)
        where TEnum : struct, Enum
    {
        var word = configuration[key];
        if (string.IsNullOrEmpty(word))
        {
            return otherwise;
        }

        // Not a number, which Enum.TryParse would take too.
        return char.IsAsciiLetter(word[0]) && Enum.TryParse<TEnum>(word, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidOperationException($"{key}: must be one of: {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }
}

/// <summary>How many of each engine.</summary>
internal enum Topology
{
    /// <summary>One of each: fits a laptop.</summary>
    Single,

    /// <summary>Three members of the replica set and three brokers.</summary>
    Cluster,
}

/// <summary>Where the application is deployed.</summary>
internal enum Target
{
    /// <summary>A docker-compose file.</summary>
    Compose,

    /// <summary>A Helm chart for Kubernetes.</summary>
    K8s,

    /// <summary>Azure Container Apps, with managed services for MongoDB, Redis, Kafka and Elasticsearch.</summary>
    Azure,
}
