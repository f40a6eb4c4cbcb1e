namespace Caas.AppHost.Resources;

/// <summary>How the containers of the deployment run, beside what their images say.</summary>
internal static class Hardening
{
    /// <summary>
    /// A service: as many processes as <paramref name="replicas"/>, as nobody's root, on a file system that cannot be
    /// written to but for <c>/tmp</c>, probed, and with time to drain.
    /// </summary>
    public static IResourceBuilder<ProjectResource> PublishHardened(
        this IResourceBuilder<ProjectResource> service, Deployment deployment, int replicas)
    {
        return deployment.Target switch
        {
            Target.Compose => service.PublishAsDockerComposeService((_, compose) => compose.Harden(replicas)),
            Target.K8s => service.PublishAsKubernetesService(static resource => resource.Harden()),

            // When run they are processes of this machine; on Azure the platform has its own rules for containers.
            Target.Azure or null => service,
        };
    }

    /// <summary>An engine's node: started again when it ends, with time to close its files, apart from its peers.</summary>
    public static IResourceBuilder<T> PublishEngine<T>(
        this IResourceBuilder<T> node, Deployment deployment, string[] peers)
        where T : ContainerResource
    {
        return deployment.Target switch
        {
            Target.Compose => node.PublishAsDockerComposeService(static (_, compose) => compose.KeepRunning()),
            Target.K8s => node.PublishAsKubernetesService(resource => resource.KeepApart(peers)),
            Target.Azure or null => node,
        };
    }

    /// <summary>A container that does its work, ends, and is tried again only where it failed.</summary>
    public static IResourceBuilder<ContainerResource> PublishOnce(
        this IResourceBuilder<ContainerResource> container, Deployment deployment)
    {
        return deployment.Target switch
        {
            Target.Compose => container.PublishAsDockerComposeService(static (_, compose) => compose.Restart = "on-failure"),
            Target.K8s => container.PublishAsKubernetesService(static resource => resource.RunOnce()),
            Target.Azure or null => container,
        };
    }
}
