namespace Caas.Consumers.Notifications;

/// <summary>At what the operator is told that something comes near its end. 0 switches one off.</summary>
public sealed class NotificationsOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:Notifications";

    /// <summary>Records of a partition that a consumer group has not read.</summary>
    public long LagRecords { get; set; } = 100_000;

    /// <summary>Changes that wait for the relay.</summary>
    public long OutboxChanges { get; set; } = 100_000;

    /// <summary>How long a log has changes that wait while the relay moves none of them.</summary>
    public TimeSpan OutboxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What the disk of the data folder still takes, in bytes; told where it is less.</summary>
    public long FreeDiskBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>What the event stream's file takes, in bytes.</summary>
    public long LogBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { LagRecords: < 0 } => Fault(nameof(LagRecords)),
        { OutboxChanges: < 0 } => Fault(nameof(OutboxChanges)),
        { FreeDiskBytes: < 0 } => Fault(nameof(FreeDiskBytes)),
        { LogBytes: < 0 } => Fault(nameof(LogBytes)),
        _ when OutboxAge < TimeSpan.Zero => Fault(nameof(OutboxAge)),
        _ => null,
    };

    private static string Fault(string name) => $"{Section}:{name} is below 0.";
}
