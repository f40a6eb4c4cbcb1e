using Aspire.Hosting.Kubernetes;

namespace Caas.AppHost.Resources;

/// <summary>Where the engines keep their data.</summary>
internal static class DataVolumes
{
    /// <summary>
    /// Gives a container a volume that outlives it. In Kubernetes that makes it a stateful set with a claim of its own:
    /// the volume of a deployment is empty again after each restart of its pod.
    /// </summary>
    public static IResourceBuilder<T> WithData<T>(
        this IResourceBuilder<T> container, string path, string capacity, Deployment deployment)
        where T : ContainerResource
    {
        var volume = Name(container.Resource.Name, deployment);
        return deployment.Kubernetes is { } kubernetes
            ? container.WithPersistentVolume(kubernetes.AddPersistentVolume(volume).WithCapacity(capacity).Keep(), path)
            : container.WithVolume(volume, path);
    }

    /// <summary>
    /// The name of what a container keeps. When run, that of one topology is not the other's: a set of one member and a set of
    /// three cannot go on with each other's data.
    /// </summary>
    public static string Name(string container, Deployment deployment) =>
        deployment.IsRun && deployment.Topology == Topology.Cluster ? $"caas-cluster-{container}" : $"caas-{container}";

    // The claim stands in the chart, and Helm deletes what stands in a chart when the chart goes.
    private static IResourceBuilder<KubernetesPersistentVolumeResource> Keep(
        this IResourceBuilder<KubernetesPersistentVolumeResource> volume) =>
        volume.WithVolumeAnnotation("helm.sh/resource-policy", "keep");
}
