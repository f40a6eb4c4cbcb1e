using Caas.Engines.Avro;
using Caas.Engines.InMemory;
using Caas.Engines.LocalLog;
using Caas.Engines.LocalRegistry;
using Caas.Engines.Sqlite;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Engines;

/// <summary>Registers the engine of every port, as <see cref="EngineOptions"/> chooses.</summary>
public static class EngineRegistration
{
    /// <summary>
    /// Registers them for a host that runs all services in one process: the embedded ones where nothing else is configured.
    /// </summary>
    public static IServiceCollection AddEngines(this IServiceCollection services, IConfiguration configuration) =>
        services.AddEngines(configuration, EngineSet.Embedded);

    /// <summary>
    /// Registers them for a service that is one process of several: the cluster's. An embedded engine belongs to one
    /// process and is refused.
    /// </summary>
    /// <exception cref="EngineStartException">An embedded engine is configured.</exception>
    public static IServiceCollection AddSharedEngines(this IServiceCollection services, IConfiguration configuration) =>
        services.AddEngines(configuration, EngineSet.Shared);

    /// <summary>Opens every engine that is registered, in the order of registration.</summary>
    public static async Task OpenEnginesAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        foreach (var engine in services.GetServices<IEngineStart>())
        {
            await engine.OpenAsync(cancellationToken);
        }
    }

    private static IServiceCollection AddEngines(this IServiceCollection services, IConfiguration configuration, EngineSet set)
    {
        var dataPath = configuration[$"{DataOptions.Section}:{nameof(DataOptions.Path)}"] ?? new DataOptions().Path;
        var options = new EngineOptions();
        configuration.GetSection(EngineOptions.Section).Bind(options);
        set.Choose(nameof(EngineOptions.Documents), options.Documents, services,
            new Engine("sqlite", IsShared: false, static to => to.AddSqliteDocuments()));
        set.Choose(nameof(EngineOptions.Counters), options.Counters, services,
            new Engine("memory", IsShared: false, static to => to.AddInMemoryCounters().AddInMemoryPresence()));
        set.Choose(nameof(EngineOptions.Realtime), options.Realtime, services,
            new Engine("memory", IsShared: false, static to => to.AddInMemoryRealtime()));
        set.Choose(nameof(EngineOptions.Events), options.Events, services,
            new Engine("local", IsShared: false, to => to.AddLocalLog(dataPath).AddLocalSchemaRegistry(dataPath)));
        return services.AddAvroEvents();
    }
}
