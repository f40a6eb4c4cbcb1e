using Aspire.Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines.Kafka;

/// <summary>Registers the clients by Aspire's integration; compiled with <c>Aspire=true</c> only. Its twin is <c>KafkaClient.cs</c>.</summary>
public static class KafkaClient
{
    /// <summary>Adds the producer of <c>ConnectionStrings:kafka</c>, and how the consumers are made.</summary>
    public static TBuilder AddKafkaClient<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Bound by Aspire, made durable here, in place. Its health check produces to a topic of its own: ours asks instead.
        // Its one consumer is never made, for every group and topic has its own: what watches it would make it, and fail.
        // Its producer is not made either: around the library's it has one of its own, so that a producer that failed is not
        // known again where it is replaced; and that one begins a trace of its own with each record and writes it over ours.
        var options = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        KafkaConsumerSettings? consumer = null;
        builder.AddKafkaConsumer<byte[], byte[]>(KafkaTopics.ConnectionName, settings =>
        {
            settings.DisableHealthChecks = settings.DisableMetrics = settings.DisableTracing = true;
            consumer = settings;
        });
        consumer!.Config.BootstrapServers = consumer.ConnectionString ?? consumer.Config.BootstrapServers;
        builder.AddKafkaProducer<byte[], byte[]>(KafkaTopics.ConnectionName, settings =>
        {
            settings.DisableHealthChecks = settings.DisableMetrics = settings.DisableTracing = true;
            settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;
            var configs = new KafkaClientConfigs(settings.Config, consumer.Config, options);
            if (configs.Fault is { } fault)
            {
                // Before the integration says it in words of its own.
                throw new EngineStartException(fault);
            }

            builder.Services.AddSingleton(configs);
        });
        builder.Services.AddSingleton(static provider => KafkaLog.Producer(provider).Build());
        return builder;
    }
}
