using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.Engines.Kafka;

/// <summary>
/// Registers the clients from the keys of Aspire's integration, which is not among the packages of this build; its twin is
/// <c>KafkaClient.Aspire.cs</c>. <c>DisableMetrics</c> and <c>DisableTracing</c> have nothing to switch off here.
/// </summary>
public static class KafkaClient
{
    /// <summary>
    /// Adds the producer (<see cref="IProducer{TKey, TValue}"/>) of <c>ConnectionStrings:kafka</c>, and how the consumers are made.
    /// </summary>
    public static TBuilder AddKafkaClient<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var options = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        var configs = new KafkaClientConfigs(
            Read<ProducerConfig>(builder.Configuration, DurableSettings.ProducerSection),
            Read<ConsumerConfig>(builder.Configuration, DurableSettings.ConsumerSection),
            options);
        builder.Services.AddSingleton(configs);
        builder.Services.AddSingleton(static provider => KafkaLog.Producer(provider).Build());
        return builder;
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
