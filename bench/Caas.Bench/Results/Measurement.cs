namespace Caas.Bench.Results;

/// <summary>One figure, or the figures of one load.</summary>
/// <param name="Name">What was measured.</param>
internal sealed record Measurement(string Name)
{
    /// <summary>How many operations were measured, the warm-up not among them.</summary>
    public long? Operations { get; init; }

    /// <summary>How many a second.</summary>
    public double? PerSecond { get; init; }

    /// <summary>The median latency, in milliseconds.</summary>
    public double? P50Ms { get; init; }

    /// <summary>The 99th percentile.</summary>
    public double? P99Ms { get; init; }

    /// <summary>The 99.9th percentile.</summary>
    public double? P999Ms { get; init; }

    /// <summary>The server's CPU time for each operation.</summary>
    public double? CpuMicroseconds { get; init; }

    /// <summary>The server's resident memory at the end.</summary>
    public double? ResidentMiB { get; init; }

    /// <summary>Of that what is the server's alone.</summary>
    public double? PrivateMiB { get; init; }

    /// <summary>What else is to be said, the unit in the name.</summary>
    public Dictionary<string, double> More { get; init; } = [];
}
