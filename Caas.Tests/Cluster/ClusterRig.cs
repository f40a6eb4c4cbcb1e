using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;

namespace Caas.Tests.Cluster;

/// <summary>The product as five processes: a gateway, two of messaging and two of consumers, over the cluster's engines.</summary>
public sealed class ClusterRig : IAsyncDisposable
{
    /// <summary>The collection of its tests: five processes are enough at a time.</summary>
    public const string Collection = "cluster";

    private const int Nodes = 2;

    private readonly int[] _ports = [.. Enumerable.Range(0, Nodes).Select(static _ => FreePort.Next())];
    private readonly CaasProcess?[] _messaging = new CaasProcess?[Nodes];
    private readonly CaasProcess?[] _consumers = new CaasProcess?[Nodes];
    private readonly ClusterEngines _engines;
    private readonly string[] _settings;
    private CaasProcess? _gateway;

    private ClusterRig(ClusterEngines engines, string[] settings)
    {
        _engines = engines;
        _settings = settings;
    }

    public RedisServer Redis => _engines.Redis;

    public MockKafka Kafka => _engines.Kafka;

    public MongoWireServer Mongo => _engines.Mongo;

    /// <summary>Where everybody asks.</summary>
    public Uri Gateway => _gateway!.Url;

    /// <summary>The key of the deployment, which the gateway made at its first start.</summary>
    public string PlatformKey => _gateway!.Output
        .Single(line => line.StartsWith("platform key ", StringComparison.Ordinal)).Split(' ')[^1];

    public CaasProcess GatewayProcess => _gateway!;

    /// <summary>The processes of messaging, where a test goes past the gateway.</summary>
    public IReadOnlyList<CaasProcess> Messaging => _messaging!;

    public IReadOnlyList<CaasProcess> Consumers => _consumers!;

    /// <summary>Starts all of it, patient with the store; skips the test where Redis is not installed.</summary>
    public static Task<ClusterRig> StartAsync() => StartAsync(ClusterEngines.Patient);

    /// <summary>The same with these settings for every process.</summary>
    public static async Task<ClusterRig> StartAsync(string[] settings)
    {
        var rig = new ClusterRig(await ClusterEngines.StartAsync(), settings);
        try
        {
            rig._gateway = await rig.StartAsync("Caas.Gateway", [.. rig.Destinations]);
            await Task.WhenAll(Enumerable.Range(0, Nodes).SelectMany(node => new[] { rig.StartMessagingAsync(node), rig.StartConsumersAsync(node) }));
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process of messaging, at the address that it always has.</summary>
    public async Task StartMessagingAsync(int node) => _messaging[node] = await StartAsync(
        "Caas.Messaging",
        "--Caas:Http:Port", $"{_ports[node]}",
        "--Caas:Http:KnownProxies:0", "127.0.0.1",
        "--Caas:Http:DrainDelay", "00:00:03");

    public async Task StartConsumersAsync(int node) => _consumers[node] = await StartAsync("Caas.Consumers");

    /// <summary>A client, registered at the gateway.</summary>
    public Task<Tenant> RegisterAsync() => Tenant.RegisterAsync(Gateway);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _messaging.Concat(_consumers).Append(_gateway).OfType<CaasProcess>())
        {
            await process.DisposeAsync();
        }

        await _engines.DisposeAsync();
    }

    private IEnumerable<string> Destinations =>
        _ports.SelectMany(static (port, node) => new[] { $"--services:messaging:http:{node}", $"http://127.0.0.1:{port}" });

    private Task<CaasProcess> StartAsync(string service, params string[] arguments) => CaasProcess.StartAsync(CaasProcess.StartInfo(
        Path.Combine(AppContext.BaseDirectory, service + ".dll"),
        [
            "--Caas:Http:Port", "0",
            "--Caas:Metrics:Port", "0",
            "--Caas:Limits:PerIpPerMinute", "0",
            "--Caas:Limits:PerUserPerMinute", "0",
            "--Caas:Limits:PerKeyPerMinute", "0",
            "--Caas:Limits:SyncResetAfterChanges", "10000000",
            .. _engines.Settings,
            .. _settings,
            .. arguments,
        ]));
}

/// <summary>One rig for the tests that break nothing: each registers a client of its own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private ClusterRig? _rig;

    public ClusterRig Rig => _rig ?? throw new InvalidOperationException("The cluster has not been started.");

    public async ValueTask InitializeAsync() => _rig = await ClusterRig.StartAsync(
        [.. ClusterEngines.Patient, "--Caas:Tokens:SigningKeyLeadTime", "00:00:02"]);

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? default;
}
