using Caas.Bench.Processes;

namespace Caas.Bench.Cluster;

/// <summary>
/// The product as five processes on one core: a gateway, two of messaging and two of consumers, over the cluster's engines.
/// Its CPU time is that of the five; what the engines take is told beside it.
/// </summary>
internal sealed class ClusterServer : IMeasuredServer
{
    private const int Nodes = 2;

    private readonly List<(string Service, PinnedProcess Process)> _processes = [];
    private readonly ClusterEngines _engines;

    private ClusterServer(ClusterEngines engines) => _engines = engines;

    /// <inheritdoc/>
    public Uri Url { get; private set; } = null!;

    /// <inheritdoc/>
    public CpuClock Cpu { get; private set; } = null!;

    /// <inheritdoc/>
    public CompilerClock? Compiler { get; private set; }

    /// <inheritdoc/>
    public ProcessMemory Memory => ProcessMemory.Of(Ids);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, CpuClock> Parts { get; private set; } = new Dictionary<string, CpuClock>(StringComparer.Ordinal);

    private IReadOnlyList<int> Ids => [.. _processes.Select(one => one.Process.Id)];

    /// <summary>Starts the engines and the five, and waits until all are ready.</summary>
    public static async Task<ClusterServer> StartAsync(int? core, CancellationToken cancellationToken)
    {
        var server = new ClusterServer(await ClusterEngines.StartAsync(BesideOf(core), cancellationToken));
        try
        {
            await server.StartServicesAsync(core, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _processes)
        {
            await process.DisposeAsync();
        }

        await _engines.DisposeAsync();
    }

    // The driver's core, so that the engines take nothing of the product's.
    private static int? BesideOf(int? core) => core is { } one ? (one + 1) % Environment.ProcessorCount : null;

    private async Task StartServicesAsync(int? core, CancellationToken cancellationToken)
    {
        var destinations = new List<string>();
        for (var node = 0; node < Nodes; node++)
        {
            var url = await StartAsync("Caas.Messaging", core, ["--Caas:Http:KnownProxies:0", "127.0.0.1"], cancellationToken);
            destinations.AddRange([$"--services:messaging:http:{node}", url.GetLeftPart(UriPartial.Authority)]);
        }

        Url = await StartAsync("Caas.Gateway", core, destinations, cancellationToken);
        for (var node = 0; node < Nodes; node++)
        {
            await StartAsync("Caas.Consumers", core, [], cancellationToken);
        }

        Cpu = new CpuClock(Ids);
        Compiler = new CompilerClock(Ids);
        Parts = _processes.GroupBy(one => one.Service, StringComparer.Ordinal)
            .Select(service => (Name: service.Key["Caas.".Length..].ToLowerInvariant(), Ids: service.Select(one => one.Process.Id)))
            .Append((Name: "engines", Ids: _engines.Ids))
            .ToDictionary(part => part.Name, part => new CpuClock([.. part.Ids]), StringComparer.Ordinal);
    }

    private async Task<Uri> StartAsync(
        string service, int? core, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = Path.Combine(AppContext.BaseDirectory, service + ".dll");
        var process = PinnedProcess.Start(
            core,
            Path.GetTempPath(),
            "dotnet",
            [program, .. ServerProcess.Settings, .. _engines.Settings, .. arguments]);
        _processes.Add((service, process));
        var url = await process.ReadLineAsync("listening: api ", cancellationToken);
        await process.ReadLineAsync("CaaS is ready", cancellationToken);
        process.Drain();
        return new Uri(url);
    }
}
