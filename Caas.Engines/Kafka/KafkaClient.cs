using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines.Kafka;

/// <summary>
/// Registers the clients from the keys of Aspire's integration, which is not among the packages of this build; its twin is
/// <c>KafkaClient.Aspire.cs</c>. <c>DisableMetrics</c> and <c>DisableTracing</c> have nothing to switch off here.
/// </summary>
internal static class KafkaClient
{
    /// <summary>Adds <see cref="IProducer{TKey, TValue}"/> and <see cref="KafkaClientConfigs"/>.</summary>
    public static void AddKafkaClient(this IHostApplicationBuilder builder, KafkaOptions options)
    {
        var configs = new KafkaClientConfigs(
            Read<ProducerConfig>(builder.Configuration, DurableSettings.ProducerSection),
            Read<ConsumerConfig>(builder.Configuration, DurableSettings.ConsumerSection),
            options);
        builder.Services.AddSingleton(configs);
        builder.Services.AddSingleton(static provider => KafkaLog.Producer(provider).Build());
    }

    // The section, the section of this name, the connection string: the later wins.
    private static TConfig Read<TConfig>(IConfiguration configuration, string section)
        where TConfig : ClientConfig, new()
    {
        var config = new TConfig();
        foreach (var part in new[] { section, $"{section}:{KafkaTopics.ConnectionName}" }.Select(configuration.GetSection))
        {
            part.GetSection("Config").Bind(config);
            config.BootstrapServers = part["ConnectionString"] ?? config.BootstrapServers;
        }

        config.BootstrapServers = configuration.GetConnectionString(KafkaTopics.ConnectionName) ?? config.BootstrapServers;
        return config;
    }
}
