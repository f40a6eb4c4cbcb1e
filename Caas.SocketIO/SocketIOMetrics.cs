using System.Diagnostics.Metrics;
using Caas.SocketIO.Engine;

namespace Caas.SocketIO;

/// <summary>
/// The meter <c>Caas.SocketIO</c>: <c>socketio.connections</c>, <c>socketio.sessions</c>, <c>socketio.queued</c> (bytes
/// that wait to be sent), <c>socketio.slow</c> (connections closed as slow) and <c>socketio.violations</c>.
/// </summary>
internal sealed class SocketIOMetrics
{
    public const string MeterName = "Caas.SocketIO";

    private readonly Meter _meter;
    private readonly Counter<long> _slow;
    private readonly Counter<long> _violations;
    private int _connections;

    public SocketIOMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _slow = _meter.CreateCounter<long>("socketio.slow", "{connection}", "Connections closed as slow.");
        _violations = _meter.CreateCounter<long>("socketio.violations", "{session}", "Sessions closed for bad packets.");
        _meter.CreateObservableUpDownCounter(
            "socketio.connections", () => Connections, "{connection}", "Accepted connections.");
    }

    public int Connections => Volatile.Read(ref _connections);

    public void ConnectionOpened() => Interlocked.Increment(ref _connections);

    public void ConnectionClosed() => Interlocked.Decrement(ref _connections);

    public void ClosedAsSlow() => _slow.Add(1);

    public void Violated() => _violations.Add(1);

    // Summed when somebody looks, so that sending pays nothing for it.
    public void Observe(EngineSessions sessions)
    {
        _meter.CreateObservableUpDownCounter(
            "socketio.sessions", () => sessions.Count, "{session}", "Sessions of either transport.");
        _meter.CreateObservableGauge(
            "socketio.queued", () => sessions.Sum(static session => (long)session.QueuedBytes), "By", "Bytes waiting to be sent.");
    }
}
