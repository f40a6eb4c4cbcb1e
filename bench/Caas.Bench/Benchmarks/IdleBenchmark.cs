using System.CommandLine;
using System.Globalization;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>What connections cost that say nothing: memory of each, and the CPU time of keeping them.</summary>
internal static class IdleBenchmark
{
    private const int GroupSize = 100;
    private const int OtherFiles = 500;

    public static Command Command()
    {
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 10_000, Description = "Connections." };
        var hold = new Option<int>("--hold") { DefaultValueFactory = _ => 60, Description = "Seconds for which they are held: two heartbeats at least, to see that they last." };
        return BenchRun.Command("idle", "Idle connections.", [connections, hold], async (run, parse, cancellationToken) =>
        {
            var count = parse.GetValue(connections);
            CheckFiles(count);
            using var data = new TemporaryFolder();
            await using var server = await ServerProcess.StartAsync(run.ServerCore, data, cancellationToken);
            run.Add(Measure.Of("no connection, just started", server.Memory));
            var tokens = await CreateMembersAsync(server.Url, count, cancellationToken);
            var before = server.Memory;
            run.Add(Measure.Of($"no connection, {count} users made", before));

            await using var audience = await Audience.JoinAsync(server.Url, tokens, cancellationToken);
            run.Add(Measure.Of($"{count} connections, just opened", server.Memory));
            await MeasureHeldAsync(run, server, audience, before, TimeSpan.FromSeconds(parse.GetValue(hold)), cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"idle-{count}");
        });
    }

    private static async Task MeasureHeldAsync(
        BenchRun run, ServerProcess server, Audience audience, ProcessMemory before, TimeSpan hold, CancellationToken cancellationToken)
    {
        var count = audience.Open;
        var cpu = server.Cpu.Now;
        await using (new Progress("seconds held", (long)hold.TotalSeconds))
        {
            await Task.Delay(hold, TimeProvider.System, cancellationToken);
        }

        var after = server.Memory;
        var held = Measure.Of($"{count} connections, held", after);
        held.More["open"] = audience.Open;
        held.More["privateKiBPerConnection"] = (after.PrivateBytes - before.PrivateBytes) / 1024.0 / count;
        held.More["cpuMsPerSecond"] = (server.Cpu.Now - cpu).TotalMilliseconds / hold.TotalSeconds;
        run.Add(held);
    }

    // Each connection is a user of their own, and a member of one group of a hundred.
    private static async Task<string[]> CreateMembersAsync(Uri url, int count, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(url);
        var key = await api.RegisterAsync(cancellationToken);
        await using var progress = new Progress("groups of a hundred made", (count + GroupSize - 1) / GroupSize);
        var tokens = await api.CreateUsersAsync(key, count, cancellationToken);
        foreach (var users in Enumerable.Range(0, count).Chunk(GroupSize))
        {
            await api.CreateGroupAsync(tokens[users[0]], users.Skip(1), cancellationToken);
            progress.Add();
        }

        return tokens;
    }

    // Both processes have one file a connection. .NET raises its soft limit to the hard one by itself.
    private static void CheckFiles(int connections)
    {
        var line = File.ReadLines("/proc/self/limits").First(one => one.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        if (long.TryParse(hard, CultureInfo.InvariantCulture, out var limit) && limit < connections + OtherFiles)
        {
            throw new BenchException(
                $"{connections} connections need {connections + OtherFiles} open files, and the hard limit is {limit}: raise it (ulimit -Hn).");
        }
    }
}
