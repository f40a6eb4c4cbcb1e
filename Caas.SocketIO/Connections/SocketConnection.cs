using Caas.SocketIO.Engine;

namespace Caas.SocketIO.Connections;

/// <summary>
/// One client on the main namespace, from its CONNECT to its end. Thread-safe. What it is sent arrives in the order in
/// which it was queued, at most once, and whole or not at all; nothing tells whether it arrived.
/// </summary>
#pragma warning disable CA1001 // A token source without timer or link holds nothing to dispose, and tokens outlive the end.
public sealed class SocketConnection
#pragma warning restore CA1001
{
    private static readonly FrameBatch DisconnectPacket = FrameBatch.Text(Packets.PacketEncoder.Disconnect.ToArray());

    private readonly EngineSession _session;
    private readonly SocketServices _services;
    private readonly CancellationTokenSource _aborted = new();
    private LazyCompletion _completion;
    private SocketCloseReason? _closed;
    private volatile bool _isAccepted;

    internal SocketConnection(EngineSession session, SocketServices services)
    {
        _session = session;
        _services = services;
        Aborted = _aborted.Token;
    }

    /// <summary>The Socket.IO id that the client knows too; random, and no credential.</summary>
    public string Id { get; } = RandomId.Create();

    /// <summary>The peer's address as the host sees it; behind a proxy only true with forwarded headers configured.</summary>
    public string? RemoteAddress => _session.Facts.RemoteAddress;

    /// <summary>The web page's origin, where it is another than the server's own; null otherwise.</summary>
    public string? Origin => _session.Facts.Origin;

    /// <summary>The <c>User-Agent</c> header of the handshake, cut at 256 characters.</summary>
    public string? UserAgent => _session.Facts.UserAgent;

    /// <summary>The <c>traceparent</c> header of the handshake; its length is checked, its content is not.</summary>
    public string? TraceParent => _session.Facts.TraceParent;

    /// <summary><c>polling</c> or <c>websocket</c>, as it is now.</summary>
    public string Transport => _session.Transport.Name;

    /// <summary>The product's own; not touched here.</summary>
    public object? State { get; set; }

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes => _session.QueuedBytes;

    /// <summary>Why the connection ended or is ending; null while it is open. Set once.</summary>
    public SocketCloseReason? Closed => Volatile.Read(ref _closed);

    /// <summary>Cancelled as soon as <see cref="Closed"/> is set, whichever side closed.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>
    /// Completes after <see cref="ISocketHandler.DisconnectedAsync"/> returned and, unless the client left only the
    /// namespace, the transport is gone. Never faults.
    /// </summary>
    public Task Completion => _completion.Task;

    internal bool IsAccepted => _isAccepted;

    /// <summary>
    /// Queues an event and starts sending it; does not wait. The call may write to the socket on its own thread, but
    /// never blocks.
    /// </summary>
    /// <returns>
    /// False when the connection is not accepted yet, closed, or over its bound; then it is being closed as
    /// <see cref="SocketCloseReason.Slow"/>.
    /// </returns>
    public bool TryEmit(EncodedEvent e) => TrySend(e.Frames);

    /// <summary>
    /// Closes the connection and its session: what is queued leaves first, then the farewell, then the DISCONNECT packet
    /// (unless <see cref="SocketCloseReason.Reconnects"/>) and the transport's own close, all within
    /// <see cref="SocketIOOptions.CloseTimeout"/>. Returns at once; only the first call counts.
    /// </summary>
    public void Close(SocketCloseReason reason, EncodedEvent? farewell = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!TryMarkClosed(reason))
        {
            return;
        }

        if (farewell is not null)
        {
            _session.Queue.EnqueueControl(farewell.Frames);
        }

        if (!reason.Reconnects)
        {
            _session.Queue.EnqueueControl(DisconnectPacket);
        }

        _session.Close(reason);
    }

    /// <summary>Queues for the room's walker, which flushes once after several.</summary>
    internal bool TryQueue(FrameBatch batch)
    {
        if (!_isAccepted || Closed is not null)
        {
            return false;
        }

        switch (_session.Queue.TryEnqueue(batch))
        {
            case EnqueueResult.Queued:
                if (_session.Queue.IsPressed)
                {
                    _services.Pressure.Add(_session);
                }

                return true;
            case EnqueueResult.Full:
                CloseAsSlow();
                return false;
            case EnqueueResult.Closed:
            default:
                return false;
        }
    }

    internal void Flush() => _session.Flush();

    internal bool TrySend(FrameBatch batch)
    {
        if (!TryQueue(batch))
        {
            return false;
        }

        _session.Flush();
        return true;
    }

    internal void Accept()
    {
        _services.Metrics.ConnectionOpened();
        _isAccepted = true;
    }

    internal bool TryMarkClosed(SocketCloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closed, reason, null) is not null)
        {
            return false;
        }

        // On another thread: what the product registered must not run inside a walk, a sweep or a lock.
        _ = _aborted.CancelAsync();
        return true;
    }

    internal void ReportSlow()
    {
        Log.ClosedAsSlow(_services.Logger, Id, QueuedBytes);
        _services.Metrics.ClosedAsSlow();
    }

    /// <summary>Says that the handler has been told.</summary>
    internal void Complete(bool withSession)
    {
        if (_isAccepted)
        {
            _services.Metrics.ConnectionClosed();
        }

        _ = CompleteAsync(withSession);
    }

    private async Task CompleteAsync(bool withSession)
    {
        if (withSession)
        {
            await _session.Ended;
        }

        _completion.Complete();
    }

    private void CloseAsSlow()
    {
        if (Closed is not null)
        {
            return;
        }

        ReportSlow();
        _session.Queue.Clear();
        Close(SocketCloseReason.Slow, _services.Options.SlowFarewell);
    }
}
