using System.Globalization;

namespace Caas.AppHost.Resources;

/// <summary>How requests come to the gateway, and from it to messaging.</summary>
internal static class Edge
{
    // Where a gateway may be, as seen by what stands behind it; 100.64.0.0/10 is where some platforms put their own.
    private static readonly string[] PrivateNetworks =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

    private static readonly string[] ThisMachine = ["127.0.0.1", "::1"];

    /// <summary>
    /// Opens the gateway to the world. In Kubernetes and on Azure an ingress of the platform stands before it and says who
    /// asks; elsewhere it is the caller whose connection it is.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AtTheEdge(
        this IResourceBuilder<ProjectResource> gateway, Deployment deployment)
    {
        gateway.WithEndpoint("http", static endpoint => endpoint.IsExternal = true);
        return deployment.Target is Target.K8s or Target.Azure
            ? gateway.Believe(PrivateNetworks).WithEnvironment("Caas__Http__DrainDelay", "00:00:05")
            : gateway;
    }

    /// <summary>Believes the gateway when it says for whom it asks; nobody else reaches the service.</summary>
    public static IResourceBuilder<ProjectResource> BehindGateway(
        this IResourceBuilder<ProjectResource> service, Deployment deployment)
    {
        service.Believe(deployment.IsRun ? ThisMachine : PrivateNetworks);
        if (deployment.Target is Target.K8s)
        {
            service.PublishAsKubernetesService(static resource => resource.GiveEachPodItsAddress());
        }

        if (deployment.Target is Target.Azure)
        {
            // The platform's way in by HTTP goes by the host that was asked, which is the gateway's; by TCP it does not, and
            // is one address for all processes, so that polling cannot stay with one of them.
            service
                .WithEndpoint("http", static endpoint => endpoint.Transport = "tcp")
                .WithEndpoint("metrics", static endpoint => endpoint.Transport = "tcp")
                .WithEnvironment("SocketIO__AllowPolling", "false");
        }

        // As long as the gateway takes to see that a process is not ready any more.
        return service.WithEnvironment("Caas__Http__DrainDelay", "00:00:03");
    }

    /// <summary>Tells the gateway where the processes of messaging are, and starts it after them.</summary>
    public static IResourceBuilder<ProjectResource> InFrontOf(
        this IResourceBuilder<ProjectResource> gateway, IReadOnlyList<IResourceBuilder<ProjectResource>> messaging)
    {
        foreach (var (index, process) in messaging.Index())
        {
            gateway
                .WithEnvironment($"services__messaging__http__{Text(index)}", process.GetEndpoint("http"))
                .WithReferenceRelationship(process)
                .WaitFor(process);
        }

        return gateway;
    }

    private static IResourceBuilder<ProjectResource> Believe(
        this IResourceBuilder<ProjectResource> service, IEnumerable<string> proxies)
    {
        foreach (var (index, proxy) in proxies.Index())
        {
            service.WithEnvironment($"Caas__Http__KnownProxies__{Text(index)}", proxy);
        }

        return service;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
