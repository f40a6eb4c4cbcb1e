namespace Caas.SocketIO.Engine;

/// <summary>
/// The server's pings of one session (Engine.IO protocol v4, "Heartbeat"). Two timestamps, looked at by the shared sweep:
/// no timer and no task of its own, and a pong that nobody asked for changes nothing (python-engineio's
/// GHSA-cgwc-pv48-fhj5 started a task for each).
/// </summary>
internal sealed class Heartbeat(SocketServices services)
{
    private long _restSince = services.Time.GetTimestamp();
    private long _awaitingSince;

    public void Pong()
    {
        if (Interlocked.Exchange(ref _awaitingSince, 0) != 0)
        {
            Volatile.Write(ref _restSince, services.Time.GetTimestamp());
        }
    }

    /// <summary>While we do not read from the peer, its pong cannot reach us: its time stands still.</summary>
    public void Excuse(long now)
    {
        if (Volatile.Read(ref _awaitingSince) is var since and not 0)
        {
            // Lost if a pong came meanwhile, as it should be.
            Interlocked.CompareExchange(ref _awaitingSince, now, since);
        }
    }

    public bool IsDead(long now) =>
        services.IsOver(Volatile.Read(ref _awaitingSince), services.Options.PingTimeout, now);

    /// <summary>True when a ping is due, which is then taken as sent. Only the sweep calls this.</summary>
    public bool TryBeat(long now)
    {
        if (Volatile.Read(ref _awaitingSince) != 0
            || !services.IsOver(Volatile.Read(ref _restSince), services.Options.PingInterval, now))
        {
            return false;
        }

        Volatile.Write(ref _awaitingSince, now);
        return true;
    }
}
