using System.CommandLine;
using System.Text.Json;
using Caas.Bench.Cluster;
using Caas.Bench.Processes;
using Caas.Bench.Results;

namespace Caas.Bench;

/// <summary>One run of one benchmark: its cores, and where its figures go.</summary>
internal sealed class BenchRun(int? serverCore, string arguments, bool json, bool save, bool cluster)
{
    private const string ClusterName = "--cluster";
    private const string OnCluster = ", cluster";

    private readonly List<Measurement> _measurements = [];
    private string _suffix = string.Empty;

    /// <summary>The core of what is measured; null where nothing is pinned.</summary>
    public int? ServerCore => serverCore;

    /// <summary>The option of those benchmarks that measure the product as five processes too.</summary>
    public static Option<bool> ClusterOption() => new(ClusterName) { Description = "Measure it as five processes over the cluster's engines, too." };

    /// <summary>The command of a benchmark, with the options that all of them share.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it measures.</param>
    /// <param name="options">Its own options.</param>
    /// <param name="run">Runs it, and gives the name of the result.</param>
    public static Command Command(
        string name, string description, Option[] options, Func<BenchRun, ParseResult, CancellationToken, Task<string>> run)
    {
        var core = new Option<int>("--core") { DefaultValueFactory = _ => 0, Description = "The server's core; -1 pins nothing." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var save = new Option<bool>("--save") { Description = "Keep the result in bench/results." };
        var cluster = options.OfType<Option<bool>>().SingleOrDefault(option => option.Name == ClusterName);
        var command = new Command(name, description) { core, json, save };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            var arguments = string.Join(' ', parse.Tokens.Select(token => token.Value).Where(word => word is not ("--save" or "--json")));
            var serverCore = parse.GetValue(core) is >= 0 and var chosen ? chosen : (int?)null;
            var benchmark = new BenchRun(
                serverCore, arguments, parse.GetValue(json), parse.GetValue(save), cluster is not null && parse.GetValue(cluster));
            return await benchmark.RunAsync(() => run(benchmark, parse, cancellationToken), cancellationToken);
        });
        return command;
    }

    /// <summary>
    /// Measures the product in one process, with <c>--cluster</c> as five too, and then how these compare.
    /// </summary>
    /// <param name="measure">Measures one of them; gives what is compared, in the same order for both.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The figures of the one process.</returns>
    public async Task<IReadOnlyList<Measurement>> MeasureProductAsync(
        Func<IMeasuredServer, Task<IReadOnlyList<Measurement>>> measure, CancellationToken cancellationToken)
    {
        IReadOnlyList<Measurement> embedded;
        using (var data = new TemporaryFolder())
        {
            await using var server = await ServerProcess.StartAsync(serverCore, data, cancellationToken);
            embedded = await measure(server);
        }

        if (!cluster)
        {
            return embedded;
        }

        IReadOnlyList<Measurement> five;
        await using (var server = await ClusterServer.StartAsync(serverCore, cancellationToken))
        {
            _suffix = OnCluster;
            five = await measure(server);
            _suffix = string.Empty;
        }

        foreach (var (one, other) in five.Zip(embedded))
        {
            Add(Measure.Ratio($"cluster / one process, {other.Name}", one, other));
        }

        return embedded;
    }

    /// <summary>Keeps a measurement, and prints it unless the result is for a program.</summary>
    public void Add(Measurement measurement)
    {
        measurement = measurement with { Name = measurement.Name + _suffix };
        _measurements.Add(measurement);
        if (!json)
        {
            Console.WriteLine(ResultText.Line(measurement));
        }
    }

    /// <summary>Measures a peer where it can be had; says why where not.</summary>
    public static async Task TryPeerAsync(Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (BenchException missing)
        {
            await Console.Error.WriteLineAsync($"No peer: {missing.Message}");
        }
    }

    private async Task<int> RunAsync(Func<Task<string>> run, CancellationToken cancellationToken)
    {
        try
        {
            var machine = await Machine.DescribeAsync(cancellationToken);
            await PinDriverAsync(cancellationToken);
            var name = await run();
            await FinishAsync(new BenchResult(cluster ? name + "-cluster" : name, TimeProvider.System.GetUtcNow(), arguments, machine, _measurements), cancellationToken);
            return 0;
        }
        catch (BenchException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    // The next core: one that serves must not wait for one that asks.
    private async Task PinDriverAsync(CancellationToken cancellationToken)
    {
        if (serverCore is not { } core)
        {
            return;
        }

        if (Environment.ProcessorCount == 1)
        {
            await Console.Error.WriteLineAsync("There is one core: the driver shares it with the server, so only CPU times mean something.");
            return;
        }

        await PinnedProcess.PinSelfAsync((core + 1) % Environment.ProcessorCount, cancellationToken);
    }

    private async Task FinishAsync(BenchResult result, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(result, BenchJson.Default.BenchResult);
        if (json)
        {
            Console.WriteLine(text);
        }

        if (save)
        {
            var folder = Path.Combine(RepositoryRoot.Path, "bench", "results");
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, result.Name + ".json"), text + "\n", cancellationToken);
        }
    }
}
