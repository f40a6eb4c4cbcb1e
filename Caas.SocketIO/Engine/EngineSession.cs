using Caas.SocketIO.Connections;

namespace Caas.SocketIO.Engine;

/// <summary>
/// One client across its transports: long polling, a WebSocket, or the one and then the other. Goes from open to closing
/// (last words leave, nothing comes in) to ended, never back.
/// </summary>
internal sealed class EngineSession
{
    private readonly SocketServices _services;
    private readonly OutboundQueue _queue;

    // Written under the lock, read anywhere. What is locked is the clock, which knows nothing of it: a lock of its own would be
    // one object more for every session.
    private volatile IEngineTransport _transport;
    private volatile SocketCloseReason? _closeReason;
    private volatile UpgradeProbe? _probe;
    private bool _hasEnded;
    private LazyCompletion _ended;

    /// <param name="services">What the server's sessions share.</param>
    /// <param name="facts">The handshake request.</param>
    /// <param name="transport">Makes the first transport; it may not use the session before the constructor is done.</param>
    public EngineSession(
        SocketServices services, ConnectionFacts facts, Func<EngineSession, IEngineTransport> transport)
    {
        _services = services;
        _queue = new OutboundQueue(services.Options.MaxOutboundBytes, services.Options.MaxOutboundEvents);
        Clock = new SessionClock(this, services);
        Facts = facts;
        Dispatcher = new PacketDispatcher(this, services);
        _transport = transport(this);
    }

    /// <summary>The Engine.IO session id: 128 random bits, because whoever knows it is the client.</summary>
    public string Sid { get; } = RandomId.Create();

    public ConnectionFacts Facts { get; }

    public SessionClock Clock { get; }

    public PacketDispatcher Dispatcher { get; }

    public OutboundQueue Queue => _queue;

    public int QueuedBytes => _queue.Bytes;

    public IEngineTransport Transport => _transport;

    public UpgradeProbe? Probe => _probe;

    public PollingTransport? Polling => _transport as PollingTransport;

    public Task Ended => _ended.Task;

    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>Null while the session is open.</summary>
    public SocketCloseReason? CloseReason => _closeReason;

    public bool IsProbeAnswered => _probe is { IsAnswered: true };

    public void Flush() => _transport.Flush();

    public void SendControl(FrameBatch batch)
    {
        _queue.EnqueueControl(batch);
        Flush();
    }

    /// <summary>Drops what waits, tells the peer and closes: for packets that break the rules.</summary>
    public void Fail()
    {
        _queue.Clear();
        Close(SocketCloseReason.ProtocolViolated);
    }

    /// <summary>Closes once the queue is sent, at the latest after the close time-out. The first reason stays.</summary>
    public void Close(SocketCloseReason reason)
    {
        lock (Clock)
        {
            if (_closeReason is not null)
            {
                return;
            }

            _closeReason = reason;
            Clock.StartClosing();
        }

        if (_transport is PollingTransport)
        {
            _queue.EnqueueControl(EnginePacket.Close);
        }

        _queue.Complete();
        Dispatcher.Finish(reason);
        _probe?.Refuse();
        Flush();
    }

    /// <summary>Ends at once and cuts the transport. Idempotent.</summary>
    public void End(SocketCloseReason reason)
    {
        lock (Clock)
        {
            if (_hasEnded)
            {
                return;
            }

            Volatile.Write(ref _hasEnded, true);
            _closeReason ??= reason;
        }

        _services.Sessions.Remove(this);
        _queue.Complete();
        _queue.Clear();
        Dispatcher.Finish(_closeReason);
        _probe?.Abort();
        _transport.Abort();
        Log.SessionEnded(_services.Logger, Facts.RemoteAddress, _closeReason);
        _ended.Complete();
    }

    /// <summary>
    /// Waits until what the peer sent has been handled, within the close time-out: for a peer that closes in good order.
    /// </summary>
    public Task SettleAsync() => _closeReason is not null
        ? Task.CompletedTask
        : Task.WhenAny(
            Dispatcher.WhenIdleAsync(),
            Task.Delay(_services.Options.CloseTimeout, _services.Time, CancellationToken.None));

    /// <summary>False when the session is not one that can be upgraded now.</summary>
    public bool TryBeginProbe(UpgradeProbe probe)
    {
        lock (Clock)
        {
            if (_closeReason is not null || _probe is not null || _transport is not PollingTransport)
            {
                return false;
            }

            _probe = probe;
            return true;
        }
    }

    public void EndProbe(UpgradeProbe probe)
    {
        lock (Clock)
        {
            if (_probe == probe)
            {
                _probe = null;
            }
        }
    }

    /// <summary>Hands the queue over to the WebSocket; false when the client broke the rules of the upgrade.</summary>
    public bool TryUpgrade(IEngineTransport webSocket)
    {
        lock (Clock)
        {
            // A POST in flight would have two transports bring packets at once, in no order.
            // A closing session may still be upgraded: its last words wait in the queue.
            if (_hasEnded || _transport is not PollingTransport polling || !polling.TryRetire())
            {
                return false;
            }

            _transport = webSocket;
            _probe = null;
        }

        webSocket.Flush();
        return true;
    }
}
