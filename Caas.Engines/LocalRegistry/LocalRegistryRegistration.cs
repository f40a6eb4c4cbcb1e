using Caas.Domain.Events;
using Caas.Engines.Backup;
using Caas.Engines.Doctor;
using Caas.Engines.LocalLog.Doctor;
using Caas.Engines.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Engines.LocalRegistry;

/// <summary>Registers the embedded schema registry.</summary>
public static class LocalRegistryRegistration
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds <see cref="ISchemaRegistry"/> over <c>caas_schemas.db</c> in this folder.</summary>
    /// <param name="services">The services.</param>
    /// <param name="dataPath">The data folder; made where there is none.</param>
    public static IServiceCollection AddLocalSchemaRegistry(this IServiceCollection services, string dataPath)
    {
        services.AddSingleton(_ => new LocalSchemaRegistry(dataPath));
        services.AddSingleton<ISchemaRegistry>(static provider => provider.GetRequiredService<LocalSchemaRegistry>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "schemas",
            static provider => new LocalRegistryHealth(provider.GetRequiredService<LocalSchemaRegistry>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        services.AddSingleton<IExamination>(new NumberedFileExamination("schemas", Path.Combine(dataPath, DataFiles.Schemas), SchemaFile.Scripts));
        return services.AddDataFolderExamination();
    }
}
