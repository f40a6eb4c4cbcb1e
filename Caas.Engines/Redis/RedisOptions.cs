using System.Buffers;

namespace Caas.Engines.Redis;

/// <summary>How the Redis adapters work. The address is <c>ConnectionStrings:redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:Redis";

    private const int MaxPrefixLength = 32;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly SearchValues<char> PrefixCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>What every key and channel begins with; the same on every node, another for each deployment on one Redis.</summary>
    public string Prefix { get; set; } = "caas";

    /// <summary>How long one command may take before it counts as failed.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a Redis that is away is asked whether it is back.</summary>
    public TimeSpan ProbeInterval { get; set; } = OneSecond;

    /// <summary>How many keys a node's own rate limiter remembers while Redis is away.</summary>
    public int FallbackRateLimitKeys { get; set; } = 262_144;

    /// <summary>How many shards the realtime bus has, 1 to 256; the same on every node.</summary>
    public int BusShards { get; set; } = 8;

    /// <summary>How many signals of a shard may wait for one receiver; what comes then is told as a gap.</summary>
    public int BusQueueCapacity { get; set; } = 1024;

    /// <summary>How often each shard says its number.</summary>
    public TimeSpan BusHeartbeat { get; set; } = OneSecond;

    /// <summary>After how long without a sign a shard is told as a gap, and again after as long.</summary>
    public TimeSpan BusSilence { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a user whose connection went counts as still there.</summary>
    public TimeSpan PresenceGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection lasts that its node does not repeat.</summary>
    public TimeSpan PresenceExpiry { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it is remembered when a user was last there.</summary>
    public TimeSpan PresenceMemory { get; set; } = TimeSpan.FromDays(7);

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { Prefix.Length: < 1 or > MaxPrefixLength } => Fault(nameof(Prefix), "is not 1 to 32 characters long"),
        _ when Prefix.AsSpan().ContainsAnyExcept(PrefixCharacters) => Fault(nameof(Prefix), "has others than A-Z a-z 0-9 . _ -"),
        _ when Timeout < TimeSpan.FromMilliseconds(10) || Timeout >= OneSecond => Fault(nameof(Timeout), "is not between 00:00:00.01 and below 00:00:01"),
        _ when ProbeInterval <= TimeSpan.Zero || ProbeInterval > 5 * OneSecond => Fault(nameof(ProbeInterval), "is not above 0 and at most 00:00:05"),
        { FallbackRateLimitKeys: < 64 } => Fault(nameof(FallbackRateLimitKeys), "is below 64"),
        { BusShards: < 1 or > 256 } => Fault(nameof(BusShards), "is not between 1 and 256"),
        { BusQueueCapacity: < 1 or > 1_000_000 } => Fault(nameof(BusQueueCapacity), "is not between 1 and 1000000"),
        _ when BusHeartbeat < TimeSpan.FromMilliseconds(10) || BusHeartbeat > 2 * OneSecond => Fault(nameof(BusHeartbeat), "is not between 00:00:00.01 and 00:00:02"),
        _ when BusSilence < 2 * BusHeartbeat || BusSilence > 4 * OneSecond => Fault(nameof(BusSilence), "is not between twice BusHeartbeat and 00:00:04"),
        _ => FindPresenceFault(),
    };

    private string? FindPresenceFault() => this switch
    {
        _ when PresenceGrace <= TimeSpan.Zero || PresenceGrace > 300 * OneSecond => Fault(nameof(PresenceGrace), "is not above 0 and at most 00:05:00"),
        _ when PresenceExpiry < 45 * OneSecond || PresenceExpiry > 600 * OneSecond => Fault(nameof(PresenceExpiry), "is not between 00:00:45 and 00:10:00"),
        _ when PresenceMemory < TimeSpan.FromHours(1) || PresenceMemory > TimeSpan.FromDays(400) => Fault(nameof(PresenceMemory), "is not between 01:00:00 and 400.00:00:00"),
        _ => null,
    };

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
