using System.Globalization;
using System.Net;
using Caas.Engines.Doctor;
using StackExchange.Redis;

namespace Caas.Engines.Redis.Doctor;

/// <summary>How one server is set, by what it says of itself.</summary>
internal static class RedisServerFindings
{
    private const int Pings = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan TooSlow = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks it; one finding where it does not answer.</summary>
    public static async Task<IReadOnlyList<Finding>> ReadAsync(
        IServer server, Examination examination, TimeProvider clock, CancellationToken cancellationToken)
    {
        var name = Name(server.EndPoint);
        try
        {
            var told = await RedisLines.AskAsync(server, "INFO", [], cancellationToken).ConfigureAwait(false);
            return
            [
                Version(name, told),
                AppendOnly(name, told),
                .. await SyncAsync(server, name, told, cancellationToken).ConfigureAwait(false),
                Memory(name, told),
                .. Replicas(name, told, examination),
                await LatencyAsync(server, name, cancellationToken).ConfigureAwait(false),
                await ClockAsync(server, name, clock, cancellationToken).ConfigureAwait(false),
            ];
        }
        catch (Exception failure) when (failure is RedisException or RedisCommandException or TimeoutException)
        {
            return [Finding.Error(name, $"does not answer ({failure.GetType().Name})", "an answer", "Start it, or take it out of the configuration.")];
        }
    }

    private static string Name(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}"),
        _ => endPoint.ToString() ?? "server",
    };

    private static Finding Version(string name, Dictionary<string, string> told)
    {
        var version = told.GetValueOrDefault("redis_version", "unknown");
        return Finding.Of(
            System.Version.TryParse(version, out var parsed) && parsed >= RedisStart.Oldest,
            $"{name}, version",
            version,
            Severity.Error,
            $"{RedisStart.Oldest} or newer",
            "Upgrade Redis: the bus needs sharded pub/sub.");
    }

    private static Finding AppendOnly(string name, Dictionary<string, string> told) => Finding.Of(
        told.GetValueOrDefault("aof_enabled") == "1",
        $"{name}, append-only file",
        told.GetValueOrDefault("aof_enabled") == "1" ? "on" : "off",
        Severity.Warning,
        "on",
        "Set appendonly yes: a restart then keeps counters and presence. Nothing else is lost without it.");

    // Told by CONFIG GET alone, which the documented user may not ask.
    private static async Task<IReadOnlyList<Finding>> SyncAsync(
        IServer server, string name, Dictionary<string, string> told, CancellationToken cancellationToken)
    {
        if (told.GetValueOrDefault("aof_enabled") != "1")
        {
            return [];
        }

        try
        {
            var answer = (RedisResult[]?)await server.ExecuteAsync("CONFIG", "GET", "appendfsync")
                .WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            var word = answer is [_, var value] ? value.ToString() : null;
            return word is null
                ? []
                :
                [
                    Finding.Of(
                        word is "everysec" or "always",
                        $"{name}, appendfsync",
                        word,
                        Severity.Warning,
                        "everysec",
                        "Set appendfsync everysec: at most a second of counters is lost with the machine."),
                ];
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            return [];
        }
    }

    private static Finding Memory(string name, Dictionary<string, string> told)
    {
        var policy = told.GetValueOrDefault("maxmemory_policy", "unknown");
        var hasLimit = told.GetValueOrDefault("maxmemory", "0") != "0";
        var found = hasLimit ? policy : $"{policy}, and no maxmemory";
        return Finding.Of(
            hasLimit && policy.StartsWith("volatile-", StringComparison.Ordinal),
            $"{name}, memory",
            found,
            Severity.Warning,
            "a maxmemory, and volatile-ttl",
            "Set maxmemory below the machine's memory and maxmemory-policy volatile-ttl: full, Redis then forgets what ends soonest "
            + "instead of refusing writes or being killed.");
    }

    private static IEnumerable<Finding> Replicas(string name, Dictionary<string, string> told, Examination examination)
    {
        if (told.GetValueOrDefault("role") != "master")
        {
            yield break;
        }

        var replicas = told.GetValueOrDefault("connected_slaves", "0");
        yield return examination.IsSingle
            ? Finding.Ok($"{name}, replicas", replicas)
            : Finding.Of(
                replicas != "0",
                $"{name}, replicas",
                replicas,
                Severity.Warning,
                "at least 1",
                "Add a replica that takes over: without Redis each node limits for itself and reads the store instead of the bus.");
    }

    private static async Task<Finding> LatencyAsync(IServer server, string name, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < Pings; i++)
        {
            times.Add(await server.PingAsync().WaitAsync(Patience, cancellationToken).ConfigureAwait(false));
        }

        var median = times.Order().ElementAt(Pings / 2);
        return Finding.Of(
            median < Fast,
            $"{name}, latency",
            string.Create(CultureInfo.InvariantCulture, $"{median.TotalMilliseconds:0.0} ms"),
            median < TooSlow ? Severity.Warning : Severity.Error,
            "below 10 ms",
            "Bring Redis near the nodes, and see whether something else keeps it busy (SLOWLOG, LATENCY DOCTOR).");
    }

    private static async Task<Finding> ClockAsync(
        IServer server, string name, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (asked, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        var told = await server.TimeAsync().WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        return ServerClock.Compare(name, new DateTimeOffset(told, TimeSpan.Zero), asked, clock.GetElapsedTime(began));
    }
}
