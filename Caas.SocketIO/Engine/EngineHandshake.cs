using System.Text;
using Caas.SocketIO.Connections;

namespace Caas.SocketIO.Engine;

/// <summary>The open packet (Engine.IO protocol v4, "Handshake").</summary>
internal static class EngineHandshake
{
    // 0{"sid":"...","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}
    public static FrameBatch Open(string sid, bool upgradable, SocketIOOptions options)
    {
        var upgrades = upgradable ? "\"websocket\"" : "";
        var interval = (long)options.PingInterval.TotalMilliseconds;
        var timeout = (long)options.PingTimeout.TotalMilliseconds;
        return FrameBatch.Text(Encoding.UTF8.GetBytes(
            $$"""0{"sid":"{{sid}}","upgrades":[{{upgrades}}],"pingInterval":{{interval}},"pingTimeout":{{timeout}},"maxPayload":{{options.MaxPayloadBytes}}}"""));
    }
}
