using System.Diagnostics;
using OpenTelemetry;

namespace Caas.ServiceDefaults;

/// <summary>
/// Keeps calls that belong to nothing out of the traces: a loop's look at its store, a probe of another process. They come
/// every few milliseconds whether or not anybody uses the product, and what people do drowns in them. What they find has a
/// trace of its own, and how they fare has metrics.
/// </summary>
internal sealed class BackgroundCalls : BaseProcessor<Activity>
{
    /// <summary>Before anything below it starts, so that nothing of it is recorded either.</summary>
    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.ParentSpanId == default)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
