using Caas.SocketIO.Engine;
using Caas.SocketIO.Packets;
using Microsoft.Extensions.Logging;

namespace Caas.SocketIO;

/// <summary>What every session of a server shares.</summary>
internal sealed class SocketServices(
    SocketIOOptions options,
    ISocketHandler handler,
    TimeProvider time,
    ILogger logger,
    SocketIOMetrics metrics,
    SocketPressure pressure)
{
    public SocketIOOptions Options { get; } = options;

    public PacketLimits Limits { get; } = options.PacketLimits;

    public ISocketHandler Handler { get; } = handler;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public SocketIOMetrics Metrics { get; } = metrics;

    public SocketPressure Pressure { get; } = pressure;

    public EngineSessions Sessions { get; } = new(options.MaxConnections);

    /// <summary>Whether <paramref name="since"/>, a timestamp or 0 for "not running", is that long ago.</summary>
    public bool IsOver(long since, TimeSpan duration, long now) =>
        since != 0 && Time.GetElapsedTime(since, now) >= duration;
}
