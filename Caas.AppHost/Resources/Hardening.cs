namespace Caas.AppHost.Resources;

/// <summary>How the containers of the deployment run, beside what their images say.</summary>
internal static class Hardening
{
    // A process of messaging with 40,000 sockets, and a quarter for what the collector has not taken yet.
    private const int ServiceMemoryMiB = 1024;
    private const int ServiceMilliCores = 250;

    // A client of MongoDB or of Kafka that works for seconds: both bring a runtime of their own.
    private const int OnceMemoryMiB = 512;
    private const int OnceMilliCores = 100;

    /// <summary>
    /// A service: as many processes as <paramref name="replicas"/>, as nobody's root, on a file system that cannot be
    /// written to but for <c>/tmp</c>, probed, and with time to drain.
    /// </summary>
    public static IResourceBuilder<ProjectResource> PublishHardened(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int replicas)
    {
        var footprint = new Footprint(service.Resource.Name, ServiceMemoryMiB, ServiceMilliCores);
        return deployment.Target switch
        {
            Target.Compose => service.PublishAsDockerComposeService((_, compose) => compose.Harden(replicas, footprint)),
            Target.K8s => service.PublishAsKubernetesService(resource => resource.Harden(replicas, footprint)),

            // When run they are processes of this machine; on Azure the platform has its own rules for containers.
            Target.Azure or null => service,
        };
    }

    /// <summary>An engine's node: started again when it ends, with time to close its files, apart from the others.</summary>
    public static IResourceBuilder<T> PublishEngine<T>(
        this IResourceBuilder<T> node, Deployment deployment, EngineNodes nodes)
        where T : ContainerResource
    {
        return deployment.Target switch
        {
            Target.Compose => node.PublishAsDockerComposeService((_, compose) => compose.KeepRunning(nodes.Footprint)),
            Target.K8s => node.PublishAsKubernetesService(resource => resource.KeepServing(nodes)),
            Target.Azure or null => node,
        };
    }

    /// <summary>A container that does its work, ends, and is tried again only where it failed.</summary>
    public static IResourceBuilder<ContainerResource> PublishOnce(
        this IResourceBuilder<ContainerResource> container, Deployment deployment)
    {
        var footprint = new Footprint(container.Resource.Name, OnceMemoryMiB, OnceMilliCores);
        return deployment.Target switch
        {
            Target.Compose => container.PublishAsDockerComposeService((_, compose) => compose.RunOnce(footprint)),
            Target.K8s => container.PublishAsKubernetesService(resource => resource.RunOnce(footprint)),
            Target.Azure or null => container,
        };
    }
}
