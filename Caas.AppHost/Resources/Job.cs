using Aspire.Hosting.Kubernetes.Resources;

namespace Caas.AppHost.Resources;

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
