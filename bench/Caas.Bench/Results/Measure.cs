using Caas.Bench.Processes;

namespace Caas.Bench.Results;

/// <summary>Makes measurements of what was seen.</summary>
internal static class Measure
{
    private const double MiB = 1024 * 1024;

    /// <summary>Of a load: these latencies, in this time, for this CPU time of the server.</summary>
    public static Measurement Of(string name, IMeasuredServer server, Histogram latencies, TimeSpan wall, TimeSpan cpu) =>
        Of(name, server.Memory) with
        {
            Operations = latencies.Count,
            PerSecond = latencies.Count / wall.TotalSeconds,
            P50Ms = latencies.At(0.5),
            P99Ms = latencies.At(0.99),
            P999Ms = latencies.At(0.999),
            CpuMicroseconds = cpu.TotalMicroseconds / Math.Max(1, latencies.Count),
        };

    /// <summary>Of memory alone.</summary>
    public static Measurement Of(string name, ProcessMemory memory) => new(name)
    {
        ResidentMiB = memory.ResidentBytes / MiB,
        PrivateMiB = memory.PrivateBytes / MiB,
    };

    /// <summary>How two measurements compare: the first divided by the second.</summary>
    public static Measurement Ratio(string name, Measurement one, Measurement other) => new(name)
    {
        More = Ratios(one, other).ToDictionary(StringComparer.Ordinal),
    };

    private static IEnumerable<KeyValuePair<string, double>> Ratios(Measurement one, Measurement other)
    {
        if (one.CpuMicroseconds / other.CpuMicroseconds is { } cpu)
        {
            yield return new("cpuRatio", cpu);
        }

        if (one.P50Ms / other.P50Ms is { } p50)
        {
            yield return new("p50Ratio", p50);
        }

        if (one.More.TryGetValue(StartTimes.Median, out var start) && other.More.TryGetValue(StartTimes.Median, out var otherStart))
        {
            yield return new("startRatio", start / otherStart);
        }
    }
}
