namespace Caas.SocketIO.Engine;

/// <summary>
/// Everything about one session that happens because time passed. Timestamps only; the shared sweep looks at them.
/// </summary>
internal sealed class SessionClock(EngineSession session, SocketServices services)
{
    private readonly Heartbeat _heartbeat = new(services);
    private long _closingSince;

    // 0 while a connection is accepted.
    private long _unconnectedSince = services.Time.GetTimestamp();

    public void Pong() => _heartbeat.Pong();

    public void StartClosing() => Volatile.Write(ref _closingSince, services.Time.GetTimestamp());

    public void MarkConnected() => Volatile.Write(ref _unconnectedSince, 0);

    public void MarkUnconnected() => Volatile.Write(ref _unconnectedSince, services.Time.GetTimestamp());

    /// <summary>Called by the sweep only.</summary>
    public void Tick(long now)
    {
        var options = services.Options;
        if (services.IsOver(Volatile.Read(ref _closingSince), options.CloseTimeout, now))
        {
            session.End(SocketCloseReason.TransportLost);
        }
        else if (services.IsOver(session.Transport.WritingSince, options.SendTimeout, now))
        {
            session.Dispatcher.ReportSlow();
            session.End(SocketCloseReason.Slow);
        }
        else if (session.CloseReason is null)
        {
            TickOpen(now, options);
        }
    }

    private void TickOpen(long now, SocketIOOptions options)
    {
        if (services.IsOver(Volatile.Read(ref _unconnectedSince), options.ConnectTimeout, now))
        {
            session.Close(SocketCloseReason.ConnectTimedOut);
            return;
        }

        if (services.IsOver(session.Dispatcher.AssemblingSince, options.BinaryPacketTimeout, now))
        {
            session.Fail();
            return;
        }

        if (session.Probe is { } probe && services.IsOver(probe.Since, options.UpgradeTimeout, now))
        {
            probe.Abort();
        }

        TickHeartbeat(now);
    }

    private void TickHeartbeat(long now)
    {
        if (session.Dispatcher.IsBlocked)
        {
            _heartbeat.Excuse(now);
        }
        else if (_heartbeat.IsDead(now))
        {
            session.End(SocketCloseReason.HeartbeatTimedOut);
            return;
        }

        if (_heartbeat.TryBeat(now))
        {
            session.SendControl(EnginePacket.Ping);
        }
    }
}
