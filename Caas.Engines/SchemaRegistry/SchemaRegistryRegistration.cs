using Caas.Domain.Events;
using Caas.Engines.Doctor;
using Caas.Engines.SchemaRegistry.Doctor;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Caas.Engines.SchemaRegistry;

/// <summary>Registers the cluster's schema registry.</summary>
public static class SchemaRegistryRegistration
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(7);

    /// <summary>
    /// Adds <see cref="ISchemaRegistry"/> over the Confluent Schema Registry at <c>ConnectionStrings:schemaregistry</c>, with
    /// <see cref="SchemaRegistryClientOptions"/> from <c>Caas:SchemaRegistryClient</c>.
    /// </summary>
    public static IServiceCollection AddConfluentSchemaRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SchemaRegistryClientOptions>().BindConfiguration(SchemaRegistryClientOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SchemaRegistryClientOptions>, SchemaRegistryClientOptionsValidation>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "schemas",
            static provider => new SchemaRegistryHealth(provider.GetRequiredService<ConfluentSchemaRegistry>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        return services.AddParts();
    }

    private static IServiceCollection AddParts(this IServiceCollection services) => services
        .AddSingleton(static provider => new SchemaRegistryAddress(
            provider.GetRequiredService<IConfiguration>().GetConnectionString(SchemaRegistryClientConfig.ConnectionName)))
        .AddSingleton(static provider => provider.GetRequiredService<IOptions<SchemaRegistryClientOptions>>().Value)
        .AddSingleton<ISchemaRegistryClient>(static provider => new CachedSchemaRegistryClient(SchemaRegistryClientConfig.Of(
            provider.GetRequiredService<SchemaRegistryAddress>().Value, provider.GetRequiredService<SchemaRegistryClientOptions>())))
        .AddSingleton<ConfluentSchemaRegistry>()
        .AddSingleton<ISchemaRegistry>(static provider => provider.GetRequiredService<ConfluentSchemaRegistry>())
        .AddSingleton<IEngineStart>(static provider => ActivatorUtilities.CreateInstance<SchemaRegistryStart>(
            provider, (Func<ConfluentSchemaRegistry>)provider.GetRequiredService<ConfluentSchemaRegistry>))
        .AddSingleton<IExamination>(static provider => ActivatorUtilities.CreateInstance<SchemaRegistryExamination>(
            provider, (Func<ConfluentSchemaRegistry>)provider.GetRequiredService<ConfluentSchemaRegistry>));
}

/// <summary>Refuses settings that make no sense, at start.</summary>
internal sealed class SchemaRegistryClientOptionsValidation : IValidateOptions<SchemaRegistryClientOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SchemaRegistryClientOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
