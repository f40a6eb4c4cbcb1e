namespace Caas.Engines.Kafka;

/// <summary>
/// The cluster's event stream. How its servers are reached and asked for credentials is Aspire's part of the
/// configuration: <c>ConnectionStrings:kafka</c> and <c>Aspire:Confluent:Kafka:Producer|Consumer:Config:*</c>.
/// </summary>
public sealed class KafkaOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:Kafka";

    /// <summary>What topics and groups begin with where several deployments share a cluster; null for nothing.</summary>
    public string? Prefix { get; set; }

    /// <summary>
    /// The lasting name of this node: its members of consumer groups are static, so that a restart within
    /// <see cref="SessionTimeout"/> moves no partition. Unique in the deployment. Null: members leave when they stop.
    /// </summary>
    public string? NodeName { get; set; }

    /// <summary>Whether a topic that is missing is created.</summary>
    public bool CreateTopics { get; set; } = true;

    /// <summary>Whether the settings of the topics are compared at start; a wrong one ends it.</summary>
    public bool CheckTopics { get; set; } = true;

    /// <summary>Partitions of a topic, 1 to 1024.</summary>
    public int Partitions { get; set; } = 3;

    /// <summary>Replicas of a partition, 1 to 9.</summary>
    public short ReplicationFactor { get; set; } = 3;

    /// <summary>How many replicas have a record before it is acknowledged, 1 to <see cref="ReplicationFactor"/>.</summary>
    public int MinInSyncReplicas { get; set; } = 2;

    /// <summary>How long records are kept; longer than the longest outage of a consumer.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The longest record, key and value together.</summary>
    public int MaxRecordBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long an append is tried before it fails.</summary>
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Records that wait for their acknowledgement; an append beyond waits, and fails after <see cref="AppendTimeout"/>.</summary>
    public int QueueCapacity { get; set; } = 100_000;

    /// <summary>How long one question to the cluster may take: topics, offsets, health.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the start waits for a cluster that does not answer yet.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a member may be silent before its partitions go to others; for static members longer than a restart. Brokers
    /// refuse what is below theirs, six seconds where nobody changed it.
    /// </summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How often committed offsets are sent; at most half a second, so that the port's second holds.</summary>
    public TimeSpan OffsetDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long leaving a group may take; then it is left behind.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Records of a partition that were fetched and not read; beyond, its fetching pauses.</summary>
    public int MaxBufferedRecords { get; set; } = 2_000;

    /// <summary>The same in bytes of keys and values.</summary>
    public int MaxBufferedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Records that one read gives at the most.</summary>
    public int MaxReadRecords { get; set; } = 500;

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => FindTopicFault() ?? FindTimeFault() ?? this switch
    {
        { Prefix: { } prefix } when !KafkaTopics.IsName(prefix) || prefix.Length > 100 =>
            Fault(nameof(Prefix), "is not 1 to 100 of A-Z a-z 0-9 . _ -"),
        { NodeName: { } name } when !KafkaTopics.IsName(name) || name.Length > 100 =>
            Fault(nameof(NodeName), "is not 1 to 100 of A-Z a-z 0-9 . _ -"),
        { QueueCapacity: < 1 or > 10_000_000 } => Fault(nameof(QueueCapacity), "is not between 1 and 10000000"),
        { MaxBufferedRecords: < 1 or > 1_000_000 } => Fault(nameof(MaxBufferedRecords), "is not between 1 and 1000000"),
        { MaxBufferedBytes: < 1 or > 1024 * 1024 * 1024 } => Fault(nameof(MaxBufferedBytes), "is not between 1 and 1 GiB"),
        { MaxReadRecords: < 1 or > 100_000 } => Fault(nameof(MaxReadRecords), "is not between 1 and 100000"),
        _ => null,
    };

    private string? FindTopicFault() => this switch
    {
        { Partitions: < 1 or > 1024 } => Fault(nameof(Partitions), "is not between 1 and 1024"),
        { ReplicationFactor: < 1 or > 9 } => Fault(nameof(ReplicationFactor), "is not between 1 and 9"),
        _ when MinInSyncReplicas < 1 || MinInSyncReplicas > ReplicationFactor =>
            Fault(nameof(MinInSyncReplicas), $"is not between 1 and {nameof(ReplicationFactor)}"),
        { MaxRecordBytes: < 1024 or > 64 * 1024 * 1024 } => Fault(nameof(MaxRecordBytes), "is not between 1 KiB and 64 MiB"),
        _ when Retention < TimeSpan.FromMinutes(1) => Fault(nameof(Retention), "is below a minute"),
        _ => null,
    };

    private string? FindTimeFault() =>
        FindFault(nameof(AppendTimeout), AppendTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        ?? FindFault(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
        ?? FindFault(nameof(StartTimeout), StartTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        ?? FindFault(nameof(SessionTimeout), SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        ?? FindFault(nameof(OffsetDelay), OffsetDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500))
        ?? FindFault(nameof(CloseTimeout), CloseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    private static string? FindFault(string name, TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least || value > most ? Fault(name, $"is not between {least:c} and {most:c}") : null;

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
