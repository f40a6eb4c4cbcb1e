using System.Collections.Concurrent;
using System.Diagnostics;

namespace Caas.Tests.Support;

/// <summary>
/// Listens to the traces that a test began, and to those that are linked to them; what other tests do in this process at
/// the same time stays unrecorded.
/// </summary>
public sealed class TraceRecorder : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _traces = new();
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<Activity> _stopped = [];
    private readonly List<(Func<Activity, bool> Matches, TaskCompletionSource<Activity> Seen)> _waits = [];

    public TraceRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source.Name is "Microsoft.AspNetCore" || source.Name.StartsWith("Caas.", StringComparison.Ordinal),
            Sample = Sample,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>A span of a caller outside, in a new trace, that records.</summary>
    public ActivityContext Begin()
    {
        var context = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        _traces[context.TraceId] = true;
        return context;
    }

    /// <summary>The W3C header of a span.</summary>
    public static string Header(ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-01";

    /// <summary>What has ended of a trace so far.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace)
    {
        lock (_lock)
        {
            return [.. _stopped.Where(activity => activity.TraceId == trace)];
        }
    }

    /// <summary>The first activity that fits and has ended, past or to come.</summary>
    public async Task<Activity> WaitForAsync(Func<Activity, bool> matches)
    {
        Task<Activity> wait;
        lock (_lock)
        {
            if (_stopped.FirstOrDefault(matches) is { } past)
            {
                return past;
            }

            var seen = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((matches, seen));
            wait = seen.Task;
        }

        return await wait.WaitAsync(SocketIOHost.Patience, SocketIOHost.Ct);
    }

    /// <summary>The child of this name, once it has ended.</summary>
    public async Task<Activity> ChildOfAsync(Activity parent, string name, ActivityKind kind)
    {
        var child = await WaitForAsync(activity => activity.OperationName == name && activity.ParentSpanId == parent.SpanId);
        (child.TraceId, child.Kind).ShouldBe((parent.TraceId, kind));
        return child;
    }

    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (!_traces.ContainsKey(options.Parent.TraceId)
            && options.Links?.Any(link => _traces.ContainsKey(link.Context.TraceId)) != true)
        {
            return ActivitySamplingResult.None;
        }

        _traces[options.TraceId] = true;
        return ActivitySamplingResult.AllDataAndRecorded;
    }

    private void Add(Activity activity)
    {
        if (!_traces.ContainsKey(activity.TraceId))
        {
            return;
        }

        lock (_lock)
        {
            _stopped.Add(activity);
            foreach (var (matches, seen) in _waits)
            {
                if (matches(activity))
                {
                    seen.TrySetResult(activity);
                }
            }
        }
    }
}
