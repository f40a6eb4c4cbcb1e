using System.CommandLine;
using System.Globalization;

namespace Caas.Bench;

/// <summary>From the start of the process until it is ready.</summary>
internal static class StartupBenchmark
{
    public static Command Command()
    {
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 7, Description = "How often." };
        var command = new Command("startup", "Start to ready, and the memory of an idle process.") { runs };
        command.SetAction(async (parse, _) =>
        {
            var times = new List<double>();
            var memory = 0.0;
            for (var i = 0; i < parse.GetValue(runs); i++)
            {
                await using var server = await ServerProcess.StartAsync(core: null);
                times.Add(server.StartTime.TotalMilliseconds);
                memory = server.MemoryMiB;
            }

            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"startup: min {times[0]:F0} ms, median {times[times.Count / 2]:F0} ms, max {times[^1]:F0} ms; idle {memory:F0} MiB"));
        });
        return command;
    }
}
