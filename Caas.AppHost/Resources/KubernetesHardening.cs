using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using RollingWorkload = Aspire.Hosting.Kubernetes.Resources.Deployment;

namespace Caas.AppHost.Resources;

/// <summary>What a chart says of a pod.</summary>
internal static class KubernetesHardening
{
    // The user `app` of Microsoft's images, by number: Kubernetes cannot tell by a name that it is not root.
    private const long AppUser = 1654;
    private const string Component = "app.kubernetes.io/component";

    /// <summary>A service's pods.</summary>
    public static void Harden(this KubernetesResource resource)
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

        pod.Spread(resource.TargetName());
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
        }
    }

    /// <summary>Gives a service an address for each pod in place of one for all.</summary>
    public static void GiveEachPodItsAddress(this KubernetesResource resource) => resource.Service!.Spec.ClusterIp = "None";

    /// <summary>A node of an engine: on another machine than its peers where there are enough.</summary>
    public static void KeepApart(this KubernetesResource resource, string[] peers)
    {
        var pod = resource.Workload!.PodTemplate.Spec;
        pod.Close();
        pod.TerminationGracePeriodSeconds = 60;
        pod.Spread(peers);
        if (resource.Workload is StatefulSet set)
        {
            set.Spec.ServiceName = resource.Service!.Metadata.Name;
        }
    }

    /// <summary>
    /// A job in place of a deployment, which would start what has ended again and again. Each upgrade makes a new one, for
    /// a job cannot be changed.
    /// </summary>
    public static void RunOnce(this KubernetesResource resource)
    {
        var template = resource.Workload!.PodTemplate;
        template.Spec.Close();
        template.Spec.RestartPolicy = "OnFailure";
        var job = new Job { Spec = { Template = template } };
        job.Metadata.Name = $"{resource.TargetName()}-job-{{{{ .Release.Revision }}}}";
        resource.Workload = null;
        resource.AdditionalResources.Add(job);
    }

    // What no pod needs; the variables of links look to Kafka's images like settings of Kafka.
    private static void Close(this PodSpecV1 pod)
    {
        pod.EnableServiceLinks = false;
        pod.AutomountServiceAccountToken = false;
        foreach (var probe in pod.Containers.SelectMany(container => new[] { container.LivenessProbe, container.ReadinessProbe }))
        {
            // Aspire writes it small, and Kubernetes refuses that.
            probe?.HttpGet?.Scheme = "HTTP";
        }
    }

    private static void Spread(this PodSpecV1 pod, params string[] components)
    {
        var among = new LabelSelectorRequirementV1 { Key = Component, Operator = "In" };
        among.Values.AddRange(components);
        pod.TopologySpreadConstraints.Add(new TopologySpreadConstraintV1
        {
            MaxSkew = 1,
            TopologyKey = "kubernetes.io/hostname",
            WhenUnsatisfiable = "ScheduleAnyway",
            LabelSelector = new LabelSelectorV1 { MatchExpressions = [among] },
        });
    }

    private static string TargetName(this KubernetesResource resource) =>
        resource.Workload!.PodTemplate.Metadata.Labels[Component];
}

/// <summary>A job of Kubernetes, which the package has no type for.</summary>
internal sealed class Job() : BaseKubernetesResource("batch/v1", "Job")
{
    /// <summary>What it does.</summary>
    public JobSpec Spec { get; set; } = new();
}

/// <summary>What a job does.</summary>
internal sealed class JobSpec
{
    /// <summary>How often it is tried again; the work waits by itself.</summary>
    public int BackoffLimit { get; set; } = 10;

    /// <summary>Its pod.</summary>
    public PodTemplateSpecV1 Template { get; set; } = new();
}
