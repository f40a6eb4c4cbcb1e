using Caas.Domain.Events;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Kafka;

/// <summary>Registers the cluster's event stream.</summary>
public static class KafkaRegistration
{
    /// <summary>
    /// Adds <see cref="IEventStream"/> and <see cref="IStreamStatus"/> over Kafka: its brokers from
    /// <c>ConnectionStrings:kafka</c>, its clients from <c>Aspire:Confluent:Kafka:Producer</c> and <c>:Consumer</c>, and
    /// <see cref="KafkaOptions"/> from <c>Caas:Kafka</c>.
    /// </summary>
    public static IHostApplicationBuilder AddKafkaEvents(this IHostApplicationBuilder builder)
    {
        // Read now, as Aspire's integrations read theirs: the clients' settings follow from them.
        var options = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        builder.AddKafkaClient(options);
        builder.Services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidation>());
        builder.Services.AddSingleton(options).AddParts().AddHealth(options);
        return builder;
    }

    private static IServiceCollection AddParts(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddMetrics()
            .AddSingleton<KafkaTopics>()
            .AddSingleton<KafkaMetrics>()
            .AddSingleton<KafkaAdmin>()
            .AddSingleton<TopicKeeper>()
            .AddSingleton<MemberTools>()
            .AddSingleton<KafkaMembers>()
            .AddSingleton<KafkaLag>()
            .AddSingleton<KafkaAppender>()
            .AddSingleton<KafkaEventStream>()
            .AddSingleton(static provider => new KafkaProducer(
                provider.GetRequiredService<IProducer<byte[], byte[]>>(),
                () => KafkaLog.Producer(provider).Build(),
                provider.GetRequiredService<KafkaMetrics>()))
            .AddSingleton<IEventStream>(static provider => provider.GetRequiredService<KafkaEventStream>())
            .AddSingleton<IStreamStatus>(static provider => provider.GetRequiredService<KafkaEventStream>())
            .AddSingleton<IEngineStart, KafkaStart>();
    }

    private static void AddHealth(this IServiceCollection services, KafkaOptions options) =>
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "events",
            static provider => new KafkaHealth(
                provider.GetRequiredService<KafkaAdmin>(), provider.GetRequiredService<KafkaTopics>()),
            failureStatus: null,
            tags: null,
            timeout: options.RequestTimeout + TimeSpan.FromSeconds(2)));
}

/// <summary>Refuses limits that make no sense, at start.</summary>
internal sealed class KafkaOptionsValidation : IValidateOptions<KafkaOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KafkaOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
