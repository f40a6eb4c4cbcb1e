using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines.Kafka;

/// <summary>Registers the clients by Aspire's integration; compiled with <c>Aspire=true</c> only. Its twin is <c>KafkaClient.cs</c>.</summary>
internal static class KafkaClient
{
    /// <summary>Adds <see cref="IProducer{TKey, TValue}"/> and <see cref="KafkaClientConfigs"/>.</summary>
    public static void AddKafkaClient(this IHostApplicationBuilder builder, KafkaOptions options)
    {
        // Bound by the first, made durable by the second, in place: the producer is built of the same object later. The
        // integration's health check produces to a topic of its own; ours asks for metadata.
        ConsumerConfig consumer = new();
        builder.AddKafkaConsumer<byte[], byte[]>(KafkaTopics.ConnectionName, settings =>
        {
            (settings.DisableHealthChecks, consumer) = (true, settings.Config);
            consumer.BootstrapServers = settings.ConnectionString ?? consumer.BootstrapServers;
        });
        builder.AddKafkaProducer<byte[], byte[]>(KafkaTopics.ConnectionName, settings =>
        {
            settings.DisableHealthChecks = true;
            settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;
            builder.Services.AddSingleton(new KafkaClientConfigs(settings.Config, consumer, options));
        }, KafkaLog.Watch);
    }
}
