using System.Net;
using System.Net.Sockets;

namespace Caas.Http.Hosting;

/// <summary>
/// Tells a port that cannot be had by its key, before the host starts: Kestrel's own failure names no key and comes after
/// half of the host runs.
/// </summary>
internal static class ListenerPorts
{
    /// <summary>Throws for the first port that another holds, that may not be had, or that two listeners are to have.</summary>
    public static void Check(HostSettings settings)
    {
        // Held together, so that two keys with one port are seen too.
        var held = new List<Socket?>();
        try
        {
            held.Add(Hold($"{HttpOptions.Section}:{nameof(HttpOptions.Port)}", settings.Http.Host, settings.Http.Port));
            foreach (var side in settings.Sides)
            {
                held.Add(Hold(side.Key, settings.Http.Host, side.Port));
            }
        }
        finally
        {
            held.ForEach(socket => socket?.Dispose());
        }
    }

    private static Socket? Hold(string key, string host, int port)
    {
        if (port == 0)
        {
            return null;
        }

        var end = new IPEndPoint(Listener.AddressOf(host), port);
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(end);
            socket.Listen();
            return socket;
        }
        catch (SocketException refusal)
        {
            socket.Dispose();
            throw new ConfigurationException($"{key}: {end} cannot be listened on: {refusal.Message}. 0 picks a free port.", refusal);
        }
    }
}
