namespace Caas.SocketIO.Engine;

/// <summary>
/// The one timer of the server: walks all sessions and lets each see what time it is. A session costs a few loads a
/// round, so a hundred thousand cost milliseconds a second, and no connection owns a timer.
/// </summary>
internal sealed class SessionSweep : IDisposable
{
    private readonly SocketServices _services;
    private readonly ITimer _timer;
    private int _running;

    public SessionSweep(SocketServices services)
    {
        _services = services;
        var period = PeriodOf(services.Options);
        _timer = services.Time.CreateTimer(static state => ((SessionSweep)state!).Run(), this, period, period);
    }

    public void Dispose() => _timer.Dispose();

    // A tenth of the shortest duration is how late a time-out may be, within what a timer can do.
    private static TimeSpan PeriodOf(SocketIOOptions options)
    {
        TimeSpan[] durations =
        [
            options.PingInterval, options.PingTimeout, options.ConnectTimeout, options.UpgradeTimeout,
            options.SendTimeout, options.CloseTimeout, options.BinaryPacketTimeout,
        ];
        var tenth = durations.Min() / 10;
        return TimeSpan.FromMilliseconds(Math.Clamp(tenth.TotalMilliseconds, 10, 1_000));
    }

    private void Run()
    {
        // A round that takes longer than the period is not joined by a second one.
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            return;
        }

        var now = _services.Time.GetTimestamp();
        foreach (var session in _services.Sessions)
        {
            Tick(session, now);
        }

        Volatile.Write(ref _running, 0);
    }

    private void Tick(EngineSession session, long now)
    {
        try
        {
            session.Clock.Tick(now);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A defect in one session must not stop the heartbeat of all others.
            Log.SweepFailed(_services.Logger, failure);
            session.End(SocketCloseReason.TransportLost);
        }
    }
}
