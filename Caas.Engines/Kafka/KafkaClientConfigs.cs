using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>How this process's clients are made: what the configuration says, made durable.</summary>
internal sealed class KafkaClientConfigs
{
    // What reaches a server and is trusted by it: an administrator's client takes these of the producer's, and no other.
    private static readonly string[] ConnectionKeys =
    [
        "bootstrap.servers", "client.id", "client.dns.lookup", "broker.", "security.", "sasl.", "ssl.", "enable.ssl.",
        "enable.sasl.", "https.", "socket.", "reconnect.", "connections.", "api.version.", "log_level", "debug",
    ];

    private readonly ConsumerConfig _consumer;
    private readonly KafkaTopics _topics;

    /// <summary>Over what the configuration says; both are changed in place.</summary>
    public KafkaClientConfigs(ProducerConfig producer, ConsumerConfig consumer, KafkaOptions options)
    {
        Fault = DurableSettings.FindFault(producer) ?? DurableSettings.FindFault(consumer);
        if (string.IsNullOrWhiteSpace(producer.BootstrapServers) || string.IsNullOrWhiteSpace(consumer.BootstrapServers))
        {
            Fault = $"ConnectionStrings:{KafkaTopics.ConnectionName} is missing: the addresses of Kafka's brokers.";
        }

        DurableSettings.Apply(producer, options);
        DurableSettings.Apply(consumer, options);
        Producer = producer;
        _consumer = consumer;
        _topics = new KafkaTopics(options);
    }

    /// <summary>Why they cannot be used; null where they can. Names a key, never a value.</summary>
    public string? Fault { get; }

    /// <summary>The producer's.</summary>
    public ProducerConfig Producer { get; }

    /// <summary>Those of a member of a group.</summary>
    public ConsumerConfig Member(string topic, string group) => new(Copy(_consumer))
    {
        GroupId = _topics.InKafka(group),
        GroupInstanceId = _topics.InstanceOf(topic, group),
    };

    /// <summary>Those of a client that asks and creates.</summary>
    public AdminClientConfig Admin() => new(Producer
        .Where(static setting => Array.Exists(
            ConnectionKeys, key => setting.Key.StartsWith(key, StringComparison.Ordinal)))
        .ToDictionary(StringComparer.Ordinal));

    private static Dictionary<string, string> Copy(Config config) => config.ToDictionary(StringComparer.Ordinal);
}
