using Aspire.Hosting.Kubernetes.Resources;

namespace Caas.AppHost.Resources;

/// <summary>How many pods Kubernetes may take away at once, to empty a machine; the package has no type for it.</summary>
internal sealed class DisruptionBudget() : BaseKubernetesResource("policy/v1", "PodDisruptionBudget")
{
    /// <summary>What it bounds.</summary>
    public DisruptionBudgetSpec Spec { get; set; } = new();

    /// <summary>One of the pods of these components.</summary>
    public static DisruptionBudget OneAway(string name, IEnumerable<string> components)
    {
        var budget = new DisruptionBudget { Spec = { Selector = KubernetesPods.Among(components) } };
        budget.Metadata.Name = $"{name}-budget";
        return budget;
    }
}

/// <summary>What a budget bounds.</summary>
internal sealed class DisruptionBudgetSpec
{
    /// <summary>How many may be away.</summary>
    public int MaxUnavailable { get; set; } = 1;

    /// <summary>Of whom.</summary>
    public LabelSelectorV1 Selector { get; set; } = new();
}
