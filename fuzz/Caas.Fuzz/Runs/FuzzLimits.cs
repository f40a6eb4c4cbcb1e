namespace Caas.Fuzz.Runs;

/// <summary>What a call may take.</summary>
internal sealed record FuzzLimits
{
    /// <summary>How long one call may take. A slower one is tried again: a busy machine is no finding.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long a call is given up on, and its thread with it.</summary>
    public TimeSpan Hang { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest input that mutations make.</summary>
    public int MaxInputBytes { get; init; } = 8_192;
}
