using Caas.Domain.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Engines.LocalRegistry;

/// <summary>Registers the embedded schema registry.</summary>
public static class LocalRegistryRegistration
{
    /// <summary>Adds <see cref="ISchemaRegistry"/> over <c>caas_schemas.db</c> in this folder.</summary>
    /// <param name="services">The services.</param>
    /// <param name="dataPath">The data folder; made where there is none.</param>
    public static IServiceCollection AddLocalSchemaRegistry(this IServiceCollection services, string dataPath)
    {
        services.AddSingleton(_ => new LocalSchemaRegistry(dataPath));
        services.AddSingleton<ISchemaRegistry>(static provider => provider.GetRequiredService<LocalSchemaRegistry>());
        return services;
    }
}
