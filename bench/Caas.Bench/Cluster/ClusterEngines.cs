using System.Globalization;
using Caas.Bench.Processes;
using Caas.Tests.Support;

namespace Caas.Bench.Cluster;

/// <summary>
/// The engines behind the five processes: servers that the environment names (<c>CAAS_TEST_MONGODB</c>,
/// <c>CAAS_TEST_REDIS</c>, <c>CAAS_TEST_KAFKA</c>, <c>CAAS_TEST_SCHEMAREGISTRY</c>; what a run makes there stays there), a
/// Redis of its own where the program is installed, and for the others the tests' stand-ins, which keep everything in memory
/// and flush nothing.
/// </summary>
internal sealed class ClusterEngines : IAsyncDisposable
{
    private readonly List<PinnedProcess> _processes = [];
    // Five processes and the engines share two cores where there are no more: a store that takes its turn is not away.
    private readonly List<string> _settings =
    [
        "--Caas:Mongo:ServerTimeout", "00:00:30", "--Caas:Mongo:ReadTimeout", "00:00:30", "--Caas:Mongo:WriteTimeout", "00:00:30",
    ];


    private ClusterEngines()
    {
    }

    /// <summary>The command line of a process that uses them.</summary>
    public IReadOnlyList<string> Settings => _settings;

    /// <summary>The processes that were started.</summary>
    public IEnumerable<int> Ids => _processes.Select(process => process.Id);

    /// <summary>Starts what the environment does not name.</summary>
    public static async Task<ClusterEngines> StartAsync(int? core, CancellationToken cancellationToken)
    {
        var engines = new ClusterEngines();
        try
        {
            await engines.StartRedisAsync(core, cancellationToken);
            await engines.StartStandInsAsync(core, cancellationToken);
            return engines;
        }
        catch
        {
            await engines.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private static string? Named(string engine) => Environment.GetEnvironmentVariable("CAAS_TEST_" + engine) is { Length: > 0 } server ? server : null;

    private async Task StartRedisAsync(int? core, CancellationToken cancellationToken)
    {
        if (Named("REDIS") is { } named)
        {
            Connect("redis", named);
            return;
        }

        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        var redis = PinnedProcess.Start(
            core, Path.GetTempPath(), "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", string.Empty, "--appendonly", "no");
        _processes.Add(redis);
        await redis.ReadTextAsync("Ready to accept connections", cancellationToken);
        redis.Drain();
        Connect("redis", $"127.0.0.1:{port}");
    }

    private async Task StartStandInsAsync(int? core, CancellationToken cancellationToken)
    {
        var missing = StandIns.All.Where(engine => Named(engine.ToUpperInvariant()) is null).ToList();
        if (missing.Count > 0)
        {
            var standIns = PinnedProcess.Start(
                core, Path.GetTempPath(), "dotnet", [Path.Combine(AppContext.BaseDirectory, "Caas.Bench.dll"), StandIns.CommandName, .. missing]);
            _processes.Add(standIns);
            foreach (var engine in missing)
            {
                Connect(engine, await standIns.ReadLineAsync($"{engine}: ", cancellationToken));
            }

            standIns.Drain();
        }

        foreach (var engine in StandIns.All.Except(missing, StringComparer.Ordinal))
        {
            Connect(engine, Named(engine.ToUpperInvariant())!);
        }

        if (missing.Contains(StandIns.Kafka, StringComparer.Ordinal))
        {
            // The mock makes no topics for an administrator, and waits for a session at each rebalance.
            _settings.AddRange(["--Caas:Kafka:CreateTopics", "false", "--Caas:Kafka:CheckTopics", "false", "--Caas:Kafka:SessionTimeout", "00:00:06"]);
        }
    }

    private void Connect(string engine, string server) => _settings.AddRange(["--ConnectionStrings:" + engine, server]);
}
