using System.Globalization;

namespace Caas.Engines.Kafka;

/// <summary>What makes a topic durable: as it is wanted, or as the brokers have it.</summary>
/// <param name="Partitions">How many; a key's partition depends on it, so that it must be exactly this.</param>
/// <param name="ReplicationFactor">Replicas of a partition.</param>
/// <param name="MinInSyncReplicas">How many of them have a record before it is acknowledged.</param>
/// <param name="RetentionMs">How long records are kept; -1 for ever.</param>
/// <param name="MaxMessageBytes">The longest batch.</param>
/// <param name="CleanupPolicy">What becomes of old records; compaction would leave holes.</param>
/// <param name="UncleanLeaderElection">Whether a replica that lacks records may lead, which loses acknowledged ones.</param>
internal sealed record TopicSettings(
    int Partitions,
    int ReplicationFactor,
    int MinInSyncReplicas,
    long RetentionMs,
    int MaxMessageBytes,
    string CleanupPolicy,
    bool UncleanLeaderElection)
{
    private const string MinInSync = "min.insync.replicas";
    private const string Retention = "retention.ms";
    private const string MaxMessage = "max.message.bytes";
    private const string Cleanup = "cleanup.policy";
    private const string Unclean = "unclean.leader.election.enable";
    private const string Delete = "delete";

    /// <summary>What the options want.</summary>
    public static TopicSettings Wanted(KafkaOptions options) => new(
        options.Partitions,
        options.ReplicationFactor,
        options.MinInSyncReplicas,
        (long)options.Retention.TotalMilliseconds,
        DurableSettings.MaxMessageBytes(options),
        Delete,
        UncleanLeaderElection: false);

    /// <summary>What the brokers say; a setting that they do not tell counts as wrong.</summary>
    public static TopicSettings Actual(int partitions, int replicas, IReadOnlyDictionary<string, string> configs) => new(
        partitions,
        replicas,
        (int)Number(configs, MinInSync),
        Number(configs, Retention),
        (int)Math.Min(int.MaxValue, Number(configs, MaxMessage)),
        configs.GetValueOrDefault(Cleanup, string.Empty),
        configs.GetValueOrDefault(Unclean, "true") != "false");

    /// <summary>The settings beside partitions and replicas, as a topic is created with them.</summary>
    public Dictionary<string, string> ToConfigs() => new(StringComparer.Ordinal)
    {
        [MinInSync] = Text(MinInSyncReplicas),
        [Retention] = Text(RetentionMs),
        [MaxMessage] = Text(MaxMessageBytes),
        [Cleanup] = CleanupPolicy,
        [Unclean] = UncleanLeaderElection ? "true" : "false",
    };

    /// <summary>What is wrong with a topic, each with what to do; empty where it is as wanted or safer.</summary>
    public IReadOnlyList<string> FindFaults(string topic, TopicSettings actual) =>
    [
        .. Fault(actual.Partitions != Partitions, topic, "partitions", Text(actual.Partitions), Text(Partitions), nameof(KafkaOptions.Partitions)),
        .. Fault(
            actual.ReplicationFactor < ReplicationFactor,
            topic,
            "replicas",
            Text(actual.ReplicationFactor),
            $"at least {Text(ReplicationFactor)}",
            nameof(KafkaOptions.ReplicationFactor)),
        .. Fault(
            actual.MinInSyncReplicas < MinInSyncReplicas,
            topic,
            MinInSync,
            Text(actual.MinInSyncReplicas),
            $"at least {Text(MinInSyncReplicas)}",
            nameof(KafkaOptions.MinInSyncReplicas)),
        .. Fault(
            actual.MinInSyncReplicas > actual.ReplicationFactor,
            topic,
            MinInSync,
            Text(actual.MinInSyncReplicas),
            $"at most its {Text(actual.ReplicationFactor)} replicas",
            nameof(KafkaOptions.MinInSyncReplicas)),
        .. Fault(
            actual.RetentionMs >= 0 && actual.RetentionMs < RetentionMs,
            topic,
            Retention,
            Text(actual.RetentionMs),
            $"at least {Text(RetentionMs)}",
            nameof(KafkaOptions.Retention)),
        .. Fault(
            actual.MaxMessageBytes < MaxMessageBytes,
            topic,
            MaxMessage,
            Text(actual.MaxMessageBytes),
            $"at least {Text(MaxMessageBytes)}",
            nameof(KafkaOptions.MaxRecordBytes)),
        .. Fault(actual.CleanupPolicy != CleanupPolicy, topic, Cleanup, actual.CleanupPolicy, CleanupPolicy, nameof(KafkaOptions.CheckTopics)),
        .. Fault(
            actual.UncleanLeaderElection && !UncleanLeaderElection, topic, Unclean, "true", "false", nameof(KafkaOptions.CheckTopics)),
    ];

    private static IEnumerable<string> Fault(bool wrong, string topic, string setting, string actual, string wanted, string key) =>
        wrong ? [$"topic {topic} has {setting} {actual}, wanted is {wanted} ({KafkaOptions.Section}:{key})"] : [];

    private static long Number(IReadOnlyDictionary<string, string> configs, string name) =>
        long.TryParse(configs.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
