using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Caas.Tests.Support;

/// <summary>
/// Ports of the loopback for what is started later, or stopped and started again at the same address. They lie below those
/// that systems give to outgoing connections and to listeners without a port of their own, and none is given twice, so that
/// nobody takes one between its choice and its use.
/// </summary>
internal static class FreePort
{
    private const int First = 12000;
    private const int Count = 18000;

    // One line for all tests of the process; another process begins somewhere else.
    private static int _last = RandomNumberGenerator.GetInt32(Count);

    /// <summary>A port that nobody listens on.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No port is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
