using System.Diagnostics.Metrics;
using Caas.Domain.Events;

namespace Caas.Messaging.Realtime;

/// <summary>What the operator sees of this node's end of the bus: the meter <c>Caas.Messaging</c>. Thread-safe.</summary>
internal sealed class RealtimeMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Messaging";

    private readonly TimeProvider _clock;
    private readonly Meter _meter;
    private readonly Histogram<double> _delivery;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _filled;

    public RealtimeMetrics(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        _meter = meters.Create(MeterName);
        _delivery = _meter.CreateHistogram<double>(
            "caas.delivery.duration", "s", "From a change's commit until this node gave it to its sockets, by the clocks of both machines.");
        _gaps = _meter.CreateCounter<long>("caas.realtime.gaps", "{gap}", "Gaps of the bus after which rooms read the store.");
        _filled = _meter.CreateCounter<long>("caas.realtime.filled", "{change}", "Changes that a room read from the store, since the bus did not bring them.");
    }

    /// <summary>A change goes to the sockets of its room.</summary>
    public void Delivered(Change change)
    {
        if (_delivery.Enabled && EventJson.FindOccurredAt(change.Body.Span) is { } occurredAt)
        {
            // The two clocks may be of two machines.
            _delivery.Record(Math.Max(0, (_clock.GetUtcNow() - occurredAt).TotalSeconds));
        }
    }

    /// <summary>The bus missed something.</summary>
    public void Gap() => _gaps.Add(1);

    /// <summary>A room read what it lacked.</summary>
    public void Filled(int changes) => _filled.Add(changes);

    // Asked when somebody looks.
    public void Observe(Func<int> rooms) => _meter.CreateObservableGauge(
        "caas.realtime.rooms", rooms, "{room}", "Conversations with a member who is connected to this node.");
}
