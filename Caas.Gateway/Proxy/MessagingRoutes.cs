using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Caas.Gateway.Proxy;

/// <summary>What belongs to messaging, and how its processes are used.</summary>
internal static class MessagingRoutes
{
    private const string Name = "messaging";

    // Ready, not merely alive: a process that drains is left at once.
    private const string Probe = "/health";

    // A socket is silent for at most a ping's interval and its time-out (Engine.IO: 25 s and 20 s).
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private static readonly string[] Paths =
    [
        "/api/conversations/{**rest}",
        "/api/messages/{**rest}",
        "/api/presence/{**rest}",
        "/api/sync/{**rest}",
        "/api/unread/{**rest}",
        "/socket.io/{**rest}",
    ];

    /// <summary>The service under its name in service discovery.</summary>
    public static Uri Service { get; } = new($"http://{Name}");

    /// <summary>A route for each of its path prefixes.</summary>
    public static IReadOnlyList<RouteConfig> Routes { get; } =
        [.. Paths.Select(static path => new RouteConfig { RouteId = path, ClusterId = Name, Match = new RouteMatch { Path = path } })];

    /// <summary>Its processes.</summary>
    public static ClusterConfig Cluster { get; } = new()
    {
        ClusterId = Name,
        LoadBalancingPolicy = SocketAffinity.PolicyName,
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
        {
            [Name] = new() { Address = Service.AbsoluteUri },
        },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = LongestSilence },
        HealthCheck = new HealthCheckConfig
        {
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Path = Probe,
                Interval = TimeSpan.FromSeconds(1),
                Timeout = TimeSpan.FromSeconds(2),
                Policy = "ConsecutiveFailures",
            },
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(2) },

            // With none that is known to be healthy all are tried: better a refusal of theirs than none asked.
            AvailableDestinationsPolicy = "HealthyOrPanic",
        },
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1",
        },
    };
}
