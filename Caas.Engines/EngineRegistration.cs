using Caas.Engines.Avro;
using Caas.Engines.InMemory;
using Caas.Engines.Kafka;
using Caas.Engines.LocalLog;
using Caas.Engines.LocalRegistry;
using Caas.Engines.Mongo;
using Caas.Engines.Redis;
using Caas.Engines.SchemaRegistry;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines;

/// <summary>Registers the engine of every port, as <see cref="EngineOptions"/> chooses.</summary>
public static class EngineRegistration
{
    /// <summary>
    /// Registers them for a host that runs all services in one process: the embedded ones where nothing else is configured.
    /// </summary>
    /// <exception cref="EngineStartException">A word is none of an engine.</exception>
    public static IHostApplicationBuilder AddEngines(this IHostApplicationBuilder builder) => builder.Add(EngineSet.Embedded);

    /// <summary>
    /// Registers them for a service that is one process of several: the cluster's. An embedded engine belongs to one
    /// process and is refused.
    /// </summary>
    /// <exception cref="EngineStartException">A word is none of an engine, or that of an embedded one.</exception>
    public static IHostApplicationBuilder AddSharedEngines(this IHostApplicationBuilder builder) => builder.Add(EngineSet.Shared);

    /// <summary>Opens every engine that is registered, in the order of registration.</summary>
    public static async Task OpenEnginesAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        foreach (var engine in services.GetServices<IEngineStart>())
        {
            await engine.OpenAsync(cancellationToken);
        }
    }

    private static IHostApplicationBuilder Add(this IHostApplicationBuilder builder, EngineSet set)
    {
        var options = new EngineOptions();
        builder.Configuration.GetSection(EngineOptions.Section).Bind(options);
        var dataPath = builder.Configuration[$"{DataOptions.Section}:{nameof(DataOptions.Path)}"] ?? new DataOptions().Path;
        var documents = set.Choose(nameof(EngineOptions.Documents), options.Documents, Sqlite, Mongo);
        var counters = set.Choose(nameof(EngineOptions.Counters), options.Counters, MemoryCounters, RedisCounters);
        var realtime = set.Choose(nameof(EngineOptions.Realtime), options.Realtime, MemoryRealtime, RedisRealtime);
        var events = set.Choose(nameof(EngineOptions.Events), options.Events, LocalEvents(dataPath), KafkaEvents);
        if (counters.IsShared || realtime.IsShared)
        {
            builder.AddRedisConnection();
        }

        documents.Add(builder);
        counters.Add(builder);
        realtime.Add(builder);
        events.Add(builder);
        builder.Services.AddAvroEvents();
        return builder;
    }

    private static Engine Sqlite { get; } =
        new("sqlite", IsShared: false, static builder => builder.Services.AddSqliteDocuments());

    private static Engine Mongo { get; } =
        new("mongo", IsShared: true, static builder => builder.AddMongoDriverClient().Services.AddMongoDocuments());

    private static Engine MemoryCounters { get; } =
        new("memory", IsShared: false, static builder => builder.Services.AddInMemoryCounters().AddInMemoryPresence());

    private static Engine RedisCounters { get; } =
        new("redis", IsShared: true, static builder => builder.Services.AddRedisCounters().AddRedisPresence());

    private static Engine MemoryRealtime { get; } =
        new("memory", IsShared: false, static builder => builder.Services.AddInMemoryRealtime());

    private static Engine RedisRealtime { get; } =
        new("redis", IsShared: true, static builder => builder.Services.AddRedisRealtime());

    private static Engine KafkaEvents { get; } =
        new("kafka", IsShared: true, static builder =>
            builder.AddKafkaClient().Services.AddKafkaEvents().AddConfluentSchemaRegistry());

    private static Engine LocalEvents(string dataPath) =>
        new("local", IsShared: false, builder => builder.Services.AddLocalLog(dataPath).AddLocalSchemaRegistry(dataPath));
}
