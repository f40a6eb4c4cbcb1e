using Caas.Domain.Events;
using Caas.Engines.Doctor;
using Caas.Engines.Kafka.Doctor;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Kafka;

/// <summary>Registers the cluster's event stream.</summary>
public static class KafkaRegistration
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(7);

    /// <summary>
    /// Adds <see cref="IEventStream"/> and <see cref="IStreamStatus"/> over Kafka, with <see cref="KafkaOptions"/> from
    /// <c>Caas:Kafka</c>. The clients are <see cref="KafkaClient.AddKafkaClient"/>'s.
    /// </summary>
    public static IServiceCollection AddKafkaEvents(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidation>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "events",
            static provider => new KafkaHealth(
                provider.GetRequiredService<KafkaAdmin>(), provider.GetRequiredService<KafkaTopics>()),
            failureStatus: null,
            tags: null,
            timeout: HealthTimeout));
        return services.AddParts();
    }

    private static IServiceCollection AddParts(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton(static provider => provider.GetRequiredService<IOptions<KafkaOptions>>().Value)
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
        .AddSingleton<IEngineStart, KafkaStart>()
        .AddSingleton<KafkaSettings>()
        .AddSingleton<KafkaBacklog>()
        .AddSingleton<IExamination, KafkaExamination>();
}

/// <summary>Refuses limits that make no sense, at start.</summary>
internal sealed class KafkaOptionsValidation : IValidateOptions<KafkaOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KafkaOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
