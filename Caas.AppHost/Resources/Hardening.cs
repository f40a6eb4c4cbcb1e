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
        switch (deployment.Target)
        {
            case Target.Compose:
                return service.PublishAsDockerComposeService((_, compose) => compose.Harden(replicas));
            case Target.K8s:
                return service.PublishAsKubernetesService(resource => resource.Harden());
            default:
                // When run they are processes of this machine; on Azure the platform has its own rules for containers.
                return service;
        }
    }

    /// <summary>An engine's node: started again when it ends, with time to close its files, apart from its peers.</summary>
    public static IResourceBuilder<T> PublishEngine<T>(
        this IResourceBuilder<T> node, Deployment deployment, string[] peers)
        where T : ContainerResource
    {
        switch (deployment.Target)
        {
            case Target.Compose:
                return node.PublishAsDockerComposeService(static (_, compose) => compose.KeepRunning());
            case Target.K8s:
                return node.PublishAsKubernetesService(resource => resource.KeepApart(peers));
            default:
                return node;
        }
    }

    /// <summary>A container that does its work, ends, and is tried again only where it failed.</summary>
    public static IResourceBuilder<ContainerResource> PublishOnce(
        this IResourceBuilder<ContainerResource> container, Deployment deployment)
    {
        switch (deployment.Target)
        {
            case Target.Compose:
                return container.PublishAsDockerComposeService(static (_, compose) => compose.Restart = "on-failure");
            case Target.K8s:
                return container.PublishAsKubernetesService(static resource => resource.RunOnce());
            default:
                return container;
        }
    }
}
