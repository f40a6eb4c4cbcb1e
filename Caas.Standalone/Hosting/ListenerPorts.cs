using System.Net;
using System.Net.Sockets;

namespace Caas.Standalone.Hosting;

/// <summary>
/// Tells a port that cannot be had by its key, before the host starts: Kestrel's own failure names no key and comes after
/// half of the host runs.
/// </summary>
internal static class ListenerPorts
{
    /// <summary>Throws for the first port that another holds or that may not be had.</summary>
    public static void Check(HostSettings settings)
    {
        Check("Caas:Http:Port", settings.Http.Host, settings.Http.Port);
        Check("Caas:Metrics:Port", settings.Http.Host, settings.Metrics.Port);
        Check("Caas:SchemaRegistry:Port", settings.Http.Host, settings.SchemaRegistry.Port);
    }

    private static void Check(string key, string host, int port)
    {
        if (port == 0)
        {
            return;
        }

        var end = new IPEndPoint(Listener.AddressOf(host), port);
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(end);
            socket.Listen();
        }
        catch (SocketException refusal)
        {
            throw new ConfigurationException($"{key}: {end} cannot be listened on: {refusal.Message}. 0 picks a free port.", refusal);
        }
    }
}
