using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace Caas.AppHost.Resources;

/// <summary>What a chart says of every pod.</summary>
internal static class KubernetesPods
{
    private const string Component = "app.kubernetes.io/component";
    private const string Instance = "app.kubernetes.io/instance";

    /// <summary>Takes away what no pod needs; the variables of links look to Kafka's images like settings of Kafka.</summary>
    public static void Close(this PodSpecV1 pod)
    {
        pod.EnableServiceLinks = false;
        pod.AutomountServiceAccountToken = false;
        foreach (var probe in pod.Containers.SelectMany(container => new[] { container.LivenessProbe, container.ReadinessProbe }))
        {
            // Aspire writes it small, and Kubernetes refuses that.
            probe?.HttpGet?.Scheme = "HTTP";
        }
    }

    /// <summary>Each of the pods on a machine of its own where there are enough.</summary>
    public static void Spread(this PodSpecV1 pod, IEnumerable<string> components) =>
        pod.TopologySpreadConstraints.Add(new TopologySpreadConstraintV1
        {
            MaxSkew = 1,
            TopologyKey = "kubernetes.io/hostname",
            WhenUnsatisfiable = "ScheduleAnyway",
            LabelSelector = Among(components),
        });

    /// <summary>What a container may take. Asked for and bounded alike, so that no other pod's need ends it.</summary>
    public static void Take(this ContainerV1 container, Footprint footprint)
    {
        var resources = new ResourceRequirementsV1();
        resources.Requests["cpu"] = footprint.ChartCores;
        resources.Requests["memory"] = footprint.ChartMemory;
        resources.Limits["memory"] = footprint.ChartMemory;
        container.Resources = resources;
    }

    /// <summary>The pods of these components in this installation.</summary>
    public static LabelSelectorV1 Among(IEnumerable<string> components)
    {
        var among = new LabelSelectorRequirementV1 { Key = Component, Operator = "In" };
        among.Values.AddRange(components);
        return new LabelSelectorV1
        {
            MatchExpressions = [among],
            MatchLabels = { [Instance] = "{{ .Release.Name }}" },
        };
    }

    /// <summary>The name of the resource that the pods are of.</summary>
    public static string TargetName(this KubernetesResource resource) =>
        resource.Workload!.PodTemplate.Metadata.Labels[Component];
}
