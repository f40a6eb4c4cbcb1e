using Caas.Domain.Events;
using Caas.Tests.Engines.LocalRegistry;
using Caas.Tests.Support;
using Caas.Tests.Support.MongoWireServer;

namespace Caas.Tests.Cluster;

/// <summary>
/// The cluster's engines: a real Redis, the mock cluster in Kafka's client library, the product's own schema registry and
/// the stand-in for MongoDB. What the last three do not prove (durability, replication) their users do not either.
/// </summary>
public sealed class ClusterEngines : IAsyncDisposable
{
    private RegistryServer? _registry;

    private ClusterEngines()
    {
    }

    public RedisServer Redis { get; private set; } = null!;

    public MockKafka Kafka { get; private set; } = null!;

    public MongoWireServer Mongo { get; } = MongoWireServer.Start();

    /// <summary>The command line of a process that uses them.</summary>
    public IEnumerable<string> Settings =>
    [
        "--ConnectionStrings:mongodb", Mongo.ConnectionString,
        "--ConnectionStrings:redis", Redis.Address,
        "--ConnectionStrings:kafka", Kafka.Bootstrap,
        "--ConnectionStrings:schemaregistry", _registry!.Http.BaseAddress!.AbsoluteUri,

        // The mock makes no topics for an administrator, and waits for a session at each rebalance.
        "--Caas:Kafka:CreateTopics", "false",
        "--Caas:Kafka:CheckTopics", "false",
        "--Caas:Kafka:SessionTimeout", "00:00:06",
    ];

    /// <summary>What makes a process patient with the store: a machine that is busy with other tests is slow, not away.</summary>
    public static string[] Patient =>
    [
        "--Caas:Mongo:ServerTimeout", "00:00:20",
        "--Caas:Mongo:ReadTimeout", "00:00:20",
        "--Caas:Mongo:WriteTimeout", "00:00:20",
    ];

    /// <summary>Starts them; skips the test where Redis is not installed.</summary>
    public static async Task<ClusterEngines> StartAsync()
    {
        var engines = new ClusterEngines();
        try
        {
            engines.Redis = await RedisServer.StartAsync();
            engines.Kafka = TestKafka.Start();
            foreach (var topic in Topics.All)
            {
                engines.Kafka.CreateTopic(topic, partitions: 3);
            }

            engines._registry = await RegistryServer.StartAsync(SocketIOHost.Ct);
            return engines;
        }
        catch
        {
            await engines.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Mongo.DisposeAsync();
        Kafka?.Dispose();
        await (_registry?.DisposeAsync() ?? default);
        await (Redis?.DisposeAsync() ?? default);
    }
}
