using Caas.Domain.Events;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Caas.Engines.SchemaRegistry;

/// <summary>Registers the cluster's schema registry.</summary>
public static class SchemaRegistryRegistration
{
    /// <summary>
    /// Adds <see cref="ISchemaRegistry"/> over the Confluent Schema Registry at <c>ConnectionStrings:schemaregistry</c>, with
    /// <see cref="SchemaRegistryClientOptions"/> from <c>Caas:SchemaRegistryClient</c>.
    /// </summary>
    public static IHostApplicationBuilder AddConfluentSchemaRegistry(this IHostApplicationBuilder builder)
    {
        var address = new SchemaRegistryAddress(
            builder.Configuration.GetConnectionString(SchemaRegistryClientConfig.ConnectionName));
        builder.Services.AddOptions<SchemaRegistryClientOptions>().BindConfiguration(SchemaRegistryClientOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SchemaRegistryClientOptions>, SchemaRegistryClientOptionsValidation>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddSingleton(address)
            .AddSingleton(static provider => provider.GetRequiredService<IOptions<SchemaRegistryClientOptions>>().Value)
            .AddSingleton<ISchemaRegistryClient>(provider => new CachedSchemaRegistryClient(
                SchemaRegistryClientConfig.Of(address.Value, provider.GetRequiredService<SchemaRegistryClientOptions>())))
            .AddSingleton<ConfluentSchemaRegistry>()
            .AddSingleton<ISchemaRegistry>(static provider => provider.GetRequiredService<ConfluentSchemaRegistry>())
            .AddSingleton<IEngineStart>(static provider => ActivatorUtilities.CreateInstance<SchemaRegistryStart>(
                provider, (Func<ConfluentSchemaRegistry>)provider.GetRequiredService<ConfluentSchemaRegistry>))
            .AddHealthChecks()
            .Add(new HealthCheckRegistration(
                "schemas",
                static provider => new SchemaRegistryHealth(provider.GetRequiredService<ConfluentSchemaRegistry>()),
                failureStatus: null,
                tags: null,
                timeout: TimeSpan.FromSeconds(7)));
        return builder;
    }
}

/// <summary>Refuses settings that make no sense, at start.</summary>
internal sealed class SchemaRegistryClientOptionsValidation : IValidateOptions<SchemaRegistryClientOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SchemaRegistryClientOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
