using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using RollingWorkload = Aspire.Hosting.Kubernetes.Resources.Deployment;

namespace Caas.AppHost.Resources;

/// <summary>What a chart says of what is not an engine.</summary>
internal static class KubernetesHardening
{
    // The user `app` of Microsoft's images, by number: Kubernetes cannot tell by a name that it is not root.
    private const long AppUser = 1654;

    /// <summary>A service's pods.</summary>
    public static void Harden(this KubernetesResource resource, int replicas, Footprint footprint)
    {
        var pod = resource.Workload!.PodTemplate.Spec;
        pod.Close();

        // A process reads its settings at its start: an upgrade that changes one starts it again.
        var values = resource.TargetName().Replace('-', '_');
        resource.Workload.PodTemplate.Metadata.Annotations["caas/settings"] =
            $"{{{{ list .Values.config.{values} .Values.secrets.{values} | toJson | sha256sum }}}}";

        // Longer than a process takes to drain.
        pod.TerminationGracePeriodSeconds = 30;
        pod.SecurityContext = new PodSecurityContextV1
        {
            RunAsNonRoot = true,
            RunAsUser = AppUser,
            RunAsGroup = AppUser,
            SeccompProfile = new SeccompProfileV1 { Type = "RuntimeDefault" },
        };
        if (resource.Workload is RollingWorkload { Spec.Strategy.RollingUpdate: { } rolling })
        {
            // The only process of a service, too, goes when the next one is ready.
            rolling.MaxUnavailable = 0;
        }

        pod.Spread([resource.TargetName()]);
        pod.Volumes.Add(new VolumeV1 { Name = "tmp", EmptyDir = new EmptyDirVolumeSourceV1() });
        foreach (var container in pod.Containers)
        {
            container.SecurityContext = new SecurityContextV1
            {
                AllowPrivilegeEscalation = false,
                ReadOnlyRootFilesystem = true,
                Capabilities = new CapabilitiesV1 { Drop = { "ALL" } },
            };
            container.VolumeMounts.Add(new VolumeMountV1 { Name = "tmp", MountPath = "/tmp" });
            container.Take(footprint);
        }

        // For a single process it could only keep a machine from ever being emptied.
        if (replicas > 1)
        {
            resource.AdditionalResources.Add(DisruptionBudget.OneAway(resource.TargetName(), [resource.TargetName()]));
        }
    }

    /// <summary>Gives a service an address for each pod in place of one for all.</summary>
    public static void GiveEachPodItsAddress(this KubernetesResource resource) => resource.Service!.Spec.ClusterIp = "None";

    /// <summary>
    /// A job in place of a deployment, which would start what has ended again and again. Each upgrade makes a new one, for
    /// a job cannot be changed.
    /// </summary>
    public static void RunOnce(this KubernetesResource resource, Footprint footprint)
    {
        var template = resource.Workload!.PodTemplate;
        template.Spec.Close();
        template.Spec.Containers.ForEach(container => container.Take(footprint));
        template.Spec.RestartPolicy = "OnFailure";
        var job = new Job { Spec = { Template = template } };
        job.Metadata.Name = $"{resource.TargetName()}-job-{{{{ .Release.Revision }}}}";
        resource.Workload = null;
        resource.AdditionalResources.Add(job);
    }
}
