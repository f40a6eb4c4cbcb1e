using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>
/// What the promises of the port need of the clients, whatever the configuration says. A configuration that says otherwise
/// ends the start; what it leaves open gets our default, and the rest is its own: security, sockets, fetch sizes.
/// </summary>
internal static class DurableSettings
{
    /// <summary>Where Aspire has the producer's settings.</summary>
    public const string ProducerSection = "Aspire:Confluent:Kafka:Producer";

    /// <summary>Where Aspire has the consumers' settings.</summary>
    public const string ConsumerSection = "Aspire:Confluent:Kafka:Consumer";

    // What a batch of one record takes beside its key and value, with room to spare.
    private const int BatchOverheadBytes = 64 * 1024;

    // More in flight than this, and an idempotent producer could not keep the order.
    private const int MostInFlight = 5;

    /// <summary>The longest batch that a topic must take, for records of this length.</summary>
    public static int MaxMessageBytes(KafkaOptions options) => options.MaxRecordBytes + BatchOverheadBytes;

    /// <summary>Makes the producer durable, in order and bounded.</summary>
    public static void Apply(ProducerConfig config, KafkaOptions options)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.MaxInFlight ??= MostInFlight;

        // As Kafka's own clients and the local log place keys, so that a topic keeps its keys together across them.
        config.Partitioner = Partitioner.Murmur2Random;
        config.MessageTimeoutMs = (int)options.AppendTimeout.TotalMilliseconds;
        config.MessageMaxBytes = MaxMessageBytes(options);
        config.QueueBufferingMaxMessages = options.QueueCapacity;
        config.QueueBufferingMaxKbytes ??= 64 * 1024;
        config.LingerMs ??= 2;
        config.CompressionType ??= CompressionType.Lz4;
        config.EnableDeliveryReports = true;
        config.DeliveryReportFields = "status";
        ApplyConnection(config);
    }

    /// <summary>Makes consumers that commit what is done, and nothing else; group and topic come with each.</summary>
    public static void Apply(ConsumerConfig config, KafkaOptions options)
    {
        // What is committed at the interval and on leaving is what was stored, and only the subscription stores.
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.AutoCommitIntervalMs = (int)options.OffsetDelay.TotalMilliseconds;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds;
        config.HeartbeatIntervalMs ??= (int)options.SessionTimeout.TotalMilliseconds / 12;
        config.MaxPollIntervalMs ??= (int)Math.Max(300_000, options.SessionTimeout.TotalMilliseconds);
        config.AllowAutoCreateTopics = false;
        config.CheckCrcs = true;
        config.EnablePartitionEof = false;
        config.QueuedMinMessages ??= options.MaxBufferedRecords;
        config.QueuedMaxMessagesKbytes ??= 16 * 1024;
        ApplyConnection(config);
    }

    /// <summary>What the configuration says against it; null where it says nothing.</summary>
    public static string? FindFault(ProducerConfig config) => config switch
    {
        { Acks: not (null or Acks.All) } => Fault(ProducerSection, nameof(config.Acks), "All"),
        { EnableIdempotence: false } => Fault(ProducerSection, nameof(config.EnableIdempotence), "true"),
        { MaxInFlight: < 1 or > MostInFlight } => Fault(ProducerSection, nameof(config.MaxInFlight), "1 to 5"),
        { Partitioner: not (null or Partitioner.Murmur2Random) } =>
            Fault(ProducerSection, nameof(config.Partitioner), nameof(Partitioner.Murmur2Random)),
        { TransactionalId: not null } => Fault(ProducerSection, nameof(config.TransactionalId), "unset"),
        _ => null,
    };

    /// <summary>What the configuration says against it; null where it says nothing.</summary>
    public static string? FindFault(ConsumerConfig config) => config switch
    {
        { EnableAutoCommit: false } => Fault(ConsumerSection, nameof(config.EnableAutoCommit), "unset"),
        { EnableAutoOffsetStore: true } => Fault(ConsumerSection, nameof(config.EnableAutoOffsetStore), "unset"),
        { AutoOffsetReset: not (null or AutoOffsetReset.Earliest) } =>
            Fault(ConsumerSection, nameof(config.AutoOffsetReset), nameof(AutoOffsetReset.Earliest)),
        { PartitionAssignmentStrategy: not (null or PartitionAssignmentStrategy.CooperativeSticky) } => Fault(
            ConsumerSection, nameof(config.PartitionAssignmentStrategy), nameof(PartitionAssignmentStrategy.CooperativeSticky)),
        { GroupId: not null } => Fault(ConsumerSection, nameof(config.GroupId), "unset: the product names its groups"),
        { GroupInstanceId: not null } => Fault(ConsumerSection, nameof(config.GroupInstanceId), $"unset: see {KafkaOptions.Section}:NodeName"),
        _ => null,
    };

    // A broker that comes back is found within seconds (P10); the library's own longest wait is ten.
    private static void ApplyConnection(ClientConfig config)
    {
        config.ClientId ??= "caas";
        config.ReconnectBackoffMaxMs ??= 1_000;
        config.SocketKeepaliveEnable ??= true;
    }

    private static string Fault(string section, string name, string must) =>
        $"{section}:Config:{name} must be {must}.";
}
