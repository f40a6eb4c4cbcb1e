namespace Caas.Engines.LocalLog;

/// <summary>The embedded event stream's limits.</summary>
public sealed class LocalLogOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:LocalLog";

    /// <summary>How many partitions a new topic gets, 1 to 1024; a topic keeps what it was made with.</summary>
    public int Partitions { get; set; } = 3;

    /// <summary>How long records are kept; at least a minute.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of records a partition keeps at the most; the oldest go first.</summary>
    public long MaxPartitionBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How often retention looks for what to drop.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest record, key and value together.</summary>
    public int MaxRecordBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>What one row holds: an append that is longer becomes several rows, in one transaction.</summary>
    public int MaxBatchBytes { get; set; } = 1024 * 1024;

    /// <summary>What one read gives: whole rows until this is passed, at least one.</summary>
    public int MaxReadBytes { get; set; } = 1024 * 1024;

    /// <summary>How much of a partition's newest records is also kept in memory; 0 for none.</summary>
    public int TailBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>How many appends may wait for the writer; the next one waits outside.</summary>
    public int QueueCapacity { get; set; } = 1024;

    /// <summary>How long a committed offset may wait for its flush; at most a second, the promise of the port.</summary>
    public TimeSpan OffsetDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { Partitions: < 1 or > 1024 } => Fault(nameof(Partitions), "is not between 1 and 1024"),
        { MaxPartitionBytes: < 1 } => Fault(nameof(MaxPartitionBytes), "is not above 0"),
        { MaxRecordBytes: < 1 or > 512 * 1024 * 1024 } => Fault(nameof(MaxRecordBytes), "is not between 1 and 512 MiB"),
        { MaxBatchBytes: < 1 or > 64 * 1024 * 1024 } => Fault(nameof(MaxBatchBytes), "is not between 1 and 64 MiB"),
        { MaxReadBytes: < 1 or > 64 * 1024 * 1024 } => Fault(nameof(MaxReadBytes), "is not between 1 and 64 MiB"),
        { TailBytes: < 0 } => Fault(nameof(TailBytes), "is below 0"),
        { QueueCapacity: < 1 or > 1_000_000 } => Fault(nameof(QueueCapacity), "is not between 1 and 1000000"),
        _ when Retention < TimeSpan.FromMinutes(1) => Fault(nameof(Retention), "is below a minute"),
        _ when RetentionInterval < TimeSpan.FromSeconds(1) => Fault(nameof(RetentionInterval), "is below a second"),
        _ when OffsetDelay <= TimeSpan.Zero || OffsetDelay > TimeSpan.FromSeconds(1) =>
            Fault(nameof(OffsetDelay), "is not above 0 and at most a second"),
        _ => null,
    };

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
