using System.CommandLine;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>From the start of the process until it says that it is ready, and what it holds then.</summary>
internal static class StartupBenchmark
{
    public static Command Command()
    {
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 11, Description = "How often, at least once." };
        return BenchRun.Command("startup", "Start to ready, and an idle process's memory.", [runs], async (run, parse, cancellationToken) =>
        {
            await MeasureAsync(run, "start over an empty folder", Math.Max(1, parse.GetValue(runs)), again: false, cancellationToken);
            await MeasureAsync(run, "start over its folder again", Math.Max(1, parse.GetValue(runs)), again: true, cancellationToken);
            return "startup";
        });
    }

    private static async Task MeasureAsync(BenchRun run, string name, int runs, bool again, CancellationToken cancellationToken)
    {
        var starts = new StartTimes();
        using var kept = new TemporaryFolder();
        await using var progress = new Progress(name, runs);
        if (again)
        {
            await using var first = await ServerProcess.StartAsync(run.ServerCore, kept, cancellationToken);
            await first.StopAsync(cancellationToken);
        }

        for (var i = 0; i < runs; i++)
        {
            using var fresh = new TemporaryFolder();
            await starts.AddAsync(run.ServerCore, again ? kept : fresh, cancellationToken);
            progress.Add();
        }

        run.Add(starts.ToMeasurement(name));
    }
}
