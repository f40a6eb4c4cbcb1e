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
        // A set of one member and a set of three are not each other's data, and here one may be run after the other.
        var of = deployment.IsRun && deployment.Topology == Topology.Cluster ? "caas-cluster" : "caas";
        var volume = $"{of}-{container.Resource.Name}";
        return deployment.Kubernetes is { } kubernetes
            ? container.WithPersistentVolume(kubernetes.AddPersistentVolume(volume).WithCapacity(capacity).Keep(), path)
            : container.WithVolume(volume, path);
    }

    // The claim stands in the chart, and Helm deletes what stands in a chart when the chart goes.
    private static IResourceBuilder<KubernetesPersistentVolumeResource> Keep(
        this IResourceBuilder<KubernetesPersistentVolumeResource> volume) =>
        volume.WithVolumeAnnotation("helm.sh/resource-policy", "keep");
}
