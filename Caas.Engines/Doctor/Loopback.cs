using System.Net;

namespace Caas.Engines.Doctor;

/// <summary>Whether what is said to a server stays on this machine.</summary>
internal static class Loopback
{
    public static bool IsHost(string? host) =>
        host is "localhost" || (IPAddress.TryParse(host?.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
