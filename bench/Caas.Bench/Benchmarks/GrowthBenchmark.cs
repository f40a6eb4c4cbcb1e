using System.CommandLine;
using Caas.Bench.Drivers;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench.Benchmarks;

/// <summary>How the cost of sends, syncs and starts grows with the number of clients, and with the messages in the store.</summary>
internal static class GrowthBenchmark
{
    private const string Clients = "clients";
    private const string Messages = "messages";

    public static Command Command()
    {
        var of = new Option<string>("--of") { DefaultValueFactory = _ => Clients, Description = "What there is more and more of: clients or messages." };
        of.AcceptOnlyFromAmong(Clients, Messages);
        var sizes = new Option<int[]>("--sizes")
        {
            DefaultValueFactory = result => result.GetValue(of) == Messages ? [10_000, 100_000] : [1, 100, 1000],
            AllowMultipleArgumentsPerToken = true,
            Description = "How many, ascending; of messages, in one client's store.",
        };
        var operations = new Option<int>("--operations") { DefaultValueFactory = _ => 10_000, Description = "Operations of each load, after as many to warm up." };
        return BenchRun.Command("growth", "How cost grows.", [of, sizes, operations], async (run, parse, cancellationToken) =>
        {
            var what = parse.GetValue(of)!;
            Func<BenchRun, int[], int, CancellationToken, Task> grow = what == Messages ? GrowMessagesAsync : GrowClientsAsync;
            await grow(run, parse.GetValue(sizes)!, parse.GetValue(operations), cancellationToken);
            return $"growth-{what}";
        });
    }

    private static async Task GrowClientsAsync(BenchRun run, int[] sizes, int operations, CancellationToken cancellationToken)
    {
        using var data = new TemporaryFolder();
        var probe = new GrowthProbe(run, data);
        var tenants = new List<Tenant>();
        foreach (var size in sizes)
        {
            tenants.AddRange(await CreateAsync(run, data, size - tenants.Count, cancellationToken));
            await probe.MeasureAsync($"{size:N0} clients", tenants, operations, cancellationToken);
        }
    }

    private static async Task GrowMessagesAsync(BenchRun run, int[] sizes, int operations, CancellationToken cancellationToken)
    {
        using var data = new TemporaryFolder();
        var probe = new GrowthProbe(run, data);
        var tenants = sizes is [] ? [] : await CreateAsync(run, data, 1, cancellationToken);
        var filled = 0L;
        foreach (var size in sizes)
        {
            // What the probe sent counts too; it is little beside the size.
            await FillAsync(run, data, tenants[0], filled, size - filled, cancellationToken);
            filled = size;
            await probe.MeasureAsync($"{size:N0} messages", tenants, operations, cancellationToken);
        }
    }

    private static async Task<Tenant[]> CreateAsync(BenchRun run, TemporaryFolder data, int count, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(run.ServerCore, data, cancellationToken);
        using var api = new ApiClient(server.Url);
        await using var progress = new Progress("clients made", count);
        var made = new Tenant[count];
        await AtOnce.RunAsync(count, async (i, cancel) =>
        {
            made[i] = await Tenant.CreateAsync(api, cancel);
            progress.Add();
        }, cancellationToken);
        await server.StopAsync(cancellationToken);
        return made;
    }

    private static async Task FillAsync(
        BenchRun run, TemporaryFolder data, Tenant tenant, long first, long count, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(run.ServerCore, data, cancellationToken);
        await tenant.FillAsync(server.Url, first, count, cancellationToken);
        await server.StopAsync(cancellationToken);
    }
}
