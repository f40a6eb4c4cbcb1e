namespace Caas.Tests.Faults;

/// <summary>The clock of a machine that somebody sets: the time of day jumps, timestamps and timers go on.</summary>
internal sealed class ClockJump : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _offsetTicks));

    /// <summary>Sets the clock forward, or back where it is negative.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}
