using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Caas.Bench.Results;

/// <summary>Writes the kept results into <c>docs/benchmarks.md</c>, between its two marks.</summary>
internal static class ResultTable
{
    private const string Begin = "<!-- results: written by the command table -->";
    private const string End = "<!-- end of results -->";

    public static Command Command()
    {
        var command = new Command("table", "Write bench/results into docs/benchmarks.md.");
        command.SetAction((_, cancellationToken) => WriteAsync(cancellationToken));
        return command;
    }

    private static async Task WriteAsync(CancellationToken cancellationToken)
    {
        var page = Path.Combine(RepositoryRoot.Path, "docs", "benchmarks.md");
        var text = await File.ReadAllTextAsync(page, cancellationToken);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var table = await TableAsync(cancellationToken);
        await File.WriteAllTextAsync(page, $"{text[..begin]}\n\n{table}\n{text[end..]}", cancellationToken);
    }

    private static async Task<string> TableAsync(CancellationToken cancellationToken)
    {
        var table = new StringBuilder();
        var folder = Path.Combine(RepositoryRoot.Path, "bench", "results");
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var json = await File.ReadAllTextAsync(file, cancellationToken);
            Append(table, JsonSerializer.Deserialize(json, BenchJson.Default.BenchResult)!);
        }

        return table.ToString();
    }

    private static void Append(StringBuilder table, BenchResult result)
    {
        var machine = result.Machine;
        table.Append(CultureInfo.InvariantCulture, $"### {result.Name}\n\n");
        table.Append(CultureInfo.InvariantCulture, $"`{result.Arguments}`, {result.TakenAt:yyyy-MM-dd}, commit `{machine.Commit}`: ");
        table.Append(CultureInfo.InvariantCulture, $"{machine.Cpu}, {machine.Cores} cores, {machine.MemoryGiB:N0} GiB, ");
        table.Append(CultureInfo.InvariantCulture, $"{machine.Kernel}, {machine.DotNet}\n\n");
        table.Append("| measured | operations | a second | p50 ms | p99 ms | p99.9 ms | server CPU µs | resident MiB | private MiB | more |\n");
        table.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var one in result.Measurements)
        {
            double?[] figures =
            [
                one.Operations, one.PerSecond, one.P50Ms, one.P99Ms, one.P999Ms, one.CpuMicroseconds, one.ResidentMiB, one.PrivateMiB,
            ];
            var more = string.Join(", ", one.More.Select(figure => $"{figure.Key} {ResultText.Number(figure.Value)}"));
            var cells = figures.Select(figure => figure is { } number ? ResultText.Number(number) : string.Empty);
            table.Append(CultureInfo.InvariantCulture, $"| {one.Name} | {string.Join(" | ", cells)} | {more} |\n");
        }

        table.Append('\n');
    }
}
