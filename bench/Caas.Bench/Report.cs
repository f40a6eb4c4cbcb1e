using System.Globalization;
using System.Text.Json;

namespace Caas.Bench;

/// <summary>What a run found.</summary>
/// <param name="Name">The benchmark and its setting.</param>
/// <param name="Operations">How many were done.</param>
/// <param name="PerSecond">How many a second.</param>
/// <param name="P50Ms">The median latency, in milliseconds.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="P999Ms">The 99.9th percentile.</param>
/// <param name="ServerCpuMicroseconds">The server's CPU time for each operation.</param>
/// <param name="ServerMemoryMiB">The server's resident memory at the end.</param>
internal sealed record Report(
    string Name,
    long Operations,
    double PerSecond,
    double P50Ms,
    double P99Ms,
    double P999Ms,
    double ServerCpuMicroseconds,
    double ServerMemoryMiB)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The report of these latencies.</summary>
    public static Report Of(string name, List<double> latenciesMs, TimeSpan wall, TimeSpan cpu, double memory)
    {
        latenciesMs.Sort();
        var count = latenciesMs.Count;
        return new Report(
            name,
            count,
            count / wall.TotalSeconds,
            At(latenciesMs, 0.5),
            At(latenciesMs, 0.99),
            At(latenciesMs, 0.999),
            cpu.TotalMicroseconds / Math.Max(1, count),
            memory);
    }

    /// <summary>Prints it, for a person or for a program.</summary>
    public void Print(bool json) => Console.WriteLine(json ? JsonSerializer.Serialize(this, Json) : string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Operations} operations, {PerSecond:F0}/s, p50 {P50Ms:F2} ms, p99 {P99Ms:F2} ms, p99.9 {P999Ms:F2} ms, "
        + $"server {ServerCpuMicroseconds:F0} us CPU each, {ServerMemoryMiB:F0} MiB"));

    private static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
