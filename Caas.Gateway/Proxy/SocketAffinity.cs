using System.IO.Hashing;
using System.Text;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Caas.Gateway.Proxy;

/// <summary>
/// Which process takes a request. A socket that polls lives in one process, and each of its requests has to reach it: by
/// the caller's address, each goes to the process that scores highest for it (rendezvous hashing, Thaler and Ravishankar,
/// 1996), so that a process that comes or goes moves only its own share. All else goes to
/// the least busy, sockets counted.
/// </summary>
internal sealed class SocketAffinity : ILoadBalancingPolicy
{
    /// <summary>Its name in the configuration of a cluster.</summary>
    public const string PolicyName = "SocketAffinity";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
        availableDestinations.Count == 0 ? null
        : IsPolling(context.Request) ? Highest(context, availableDestinations)
        : LeastBusy(availableDestinations);

    // A WebSocket that begins as one names no session yet, and stays on its connection.
    private static bool IsPolling(HttpRequest request) =>
        request.Path.StartsWithSegments("/socket.io", StringComparison.Ordinal)
        && (request.Query.ContainsKey("sid") || request.Query["transport"] == "polling");

    private static DestinationState Highest(HttpContext context, IReadOnlyList<DestinationState> destinations)
    {
        var caller = context.Connection.RemoteIpAddress?.ToString() ?? string.Empty;
        return destinations.MaxBy(destination => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{caller} {destination.DestinationId}")))!;
    }

    private static DestinationState LeastBusy(IReadOnlyList<DestinationState> destinations) =>
        destinations.MinBy(static destination => destination.ConcurrentRequestCount)!;
}
