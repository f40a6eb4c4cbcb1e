using System.Diagnostics;

namespace Caas.Messaging.Realtime;

/// <summary>The last step of a trace: what this node emits for one event, to however many sockets.</summary>
internal static class EmitActivity
{
    /// <summary>The source of these activities.</summary>
    public const string SourceName = "Caas.Messaging.Realtime";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the step; null where the event is not traced, or nobody listens.</summary>
    public static Activity? Start(string type, string? traceParent) => traceParent is not null && Source.HasListeners()
        ? Source.StartActivity("emit " + type, ActivityKind.Producer, traceParent)
        : null;
}
