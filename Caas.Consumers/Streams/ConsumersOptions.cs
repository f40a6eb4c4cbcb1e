namespace Caas.Consumers.Streams;

/// <summary>How consumer groups work.</summary>
public sealed class ConsumersOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Caas:Consumers";

    /// <summary>The longest that one try of one record may take; then it counts as failed.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for the erasure of a user, which goes through all that they wrote.</summary>
    public TimeSpan ErasureTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong, with the configuration's path; null where nothing is.</summary>
    internal string? FindFault() => this switch
    {
        _ when TryTimeout < TimeSpan.FromSeconds(1) || TryTimeout > TimeSpan.FromMinutes(10) =>
            Fault(nameof(TryTimeout), "is not between 00:00:01 and 00:10:00"),
        _ when ErasureTimeout < TryTimeout || ErasureTimeout > TimeSpan.FromDays(1) =>
            Fault(nameof(ErasureTimeout), $"is not between {nameof(TryTimeout)} and 1.00:00:00"),
        _ => null,
    };

    private static string Fault(string name, string what) => $"{Section}:{name} {what}.";
}
