using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace Caas.AppHost.Resources;

/// <summary>What a chart says of an engine's node.</summary>
internal static class KubernetesEngines
{
    /// <summary>A node: on another machine than its peers where there are enough, and never away together with one.</summary>
    public static void KeepServing(this KubernetesResource resource, EngineNodes nodes)
    {
        var pod = resource.Workload!.PodTemplate.Spec;
        pod.Close();
        pod.TerminationGracePeriodSeconds = 60;
        pod.Spread(nodes.Names);
        foreach (var container in pod.Containers)
        {
            container.Take(nodes.Footprint);
            container.ReadinessProbe ??= Probe(nodes);
        }

        // Whoever makes it ready finds it by this name; elsewhere nobody is to be sent to a pod that is not.
        resource.Service!.Spec.PublishNotReadyAddresses = nodes.AreReachedUnready ? true : null;
        if (resource.Workload is StatefulSet set)
        {
            set.Spec.ServiceName = resource.Service.Metadata.Name;

            // Each node is a set of its own, and an upgrade would start them all again at once.
            set.Spec.UpdateStrategy = nodes.AreMany ? new StatefulSetUpdateStrategyV1 { Type = "OnDelete" } : null;
        }

        if (nodes.AreMany && resource.TargetName() == nodes.Names[0])
        {
            resource.AdditionalResources.Add(DisruptionBudget.OneAway(nodes.Footprint.Name, nodes.Names));
        }
    }

    private static ProbeV1? Probe(EngineNodes nodes)
    {
        if (nodes.ReadyCommand is { Count: > 0 } command)
        {
            var ask = new ExecActionV1();
            ask.Command.AddRange(command);
            return new ProbeV1 { Exec = ask, InitialDelaySeconds = 5, PeriodSeconds = 20, TimeoutSeconds = 10, FailureThreshold = 3 };
        }

        return nodes.ReadyPort is { } port
            ? new ProbeV1 { TcpSocket = new TcpSocketActionV1 { Port = port }, PeriodSeconds = 5, TimeoutSeconds = 2, FailureThreshold = 3 }
            : null;
    }
}
