namespace Caas.ServiceDefaults;

/// <summary>
/// A wall clock that never goes back while the process runs: when the machine's is set back, time goes on from where it
/// was, at nine tenths of its pace, until the machine's has caught up. So nothing that has expired is good again, and what
/// was made later is later. A clock that is set forward is followed at once: a machine that slept wakes up at the right
/// time. Timestamps and timers are the machine's own, which no setting moves. Thread-safe.
/// </summary>
/// <param name="machine">The clock of the machine.</param>
public sealed class ForwardClock(TimeProvider machine) : TimeProvider
{
    // Slow enough to meet the machine's clock again, fast enough that a token hardly lasts longer than it says.
    private const double Pace = 0.9;

    private readonly Lock _lock = new();

    // Guarded by _lock: the last time that the machine's clock led, and the timestamp of it.
    private DateTimeOffset _ledAt = machine.GetUtcNow();
    private long _ledSince = machine.GetTimestamp();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var wall = machine.GetUtcNow();
            var timestamp = machine.GetTimestamp();
            var least = _ledAt + (machine.GetElapsedTime(_ledSince, timestamp) * Pace);
            if (wall < least)
            {
                return least;
            }

            _ledAt = wall;
            _ledSince = timestamp;
            return wall;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);
}
