namespace Caas.Engines.InMemory;

/// <summary>The limits of what lives in this process alone.</summary>
public sealed class InMemoryOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:InMemory";

    /// <summary>How many shards the realtime bus has, 1 to 256.</summary>
    public int BusShards { get; set; } = 8;

    /// <summary>How many signals of a shard may wait for one receiver; what comes then is told as a gap.</summary>
    public int BusQueueCapacity { get; set; } = 1024;

    /// <summary>How often a receiver that got nothing looks whether it should have.</summary>
    public TimeSpan BusHeartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many keys the rate limiter remembers at the most.</summary>
    public int MaxRateLimitKeys { get; set; } = 262_144;

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { BusShards: < 1 or > 256 } => Fault(nameof(BusShards), "is not between 1 and 256"),
        { BusQueueCapacity: < 1 or > 1_000_000 } => Fault(nameof(BusQueueCapacity), "is not between 1 and 1000000"),
        { MaxRateLimitKeys: < 64 } => Fault(nameof(MaxRateLimitKeys), "is below 64"),
        _ when BusHeartbeat <= TimeSpan.Zero => Fault(nameof(BusHeartbeat), "is not above 0"),
        _ => null,
    };

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
