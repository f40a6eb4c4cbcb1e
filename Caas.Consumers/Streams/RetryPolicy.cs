namespace Caas.Consumers.Streams;

/// <summary>How often and when a record is tried that failed. Pure.</summary>
internal static class RetryPolicy
{
    /// <summary>After so many tries a record is a dead letter.</summary>
    public const int MaxAttempts = 5;

    /// <summary>
    /// The wait after this many failed tries: 0.5, 2, 8 and 32 seconds, together below a minute; then 32 seconds for what
    /// is never given up.
    /// </summary>
    public static TimeSpan DelayAfter(int attempts) =>
        TimeSpan.FromSeconds(0.5 * Math.Pow(4, Math.Min(attempts, MaxAttempts - 1) - 1));
}
