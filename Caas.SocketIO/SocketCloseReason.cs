namespace Caas.SocketIO;

/// <summary>
/// Why a connection ended. The names of the well-known reasons are documented here and nowhere else; the product adds
/// its own with <see cref="Create"/>.
/// </summary>
public sealed class SocketCloseReason
{
    /// <summary>The client sent DISCONNECT or closed its transport in good order.</summary>
    public static readonly SocketCloseReason ClientClosed = new("client.closed", reconnects: true);

    /// <summary>The transport broke without a word.</summary>
    public static readonly SocketCloseReason TransportLost = new("transport.lost", reconnects: true);

    /// <summary>No pong within <see cref="SocketIOOptions.PingTimeout"/>.</summary>
    public static readonly SocketCloseReason HeartbeatTimedOut = new("heartbeat.timeout", reconnects: true);

    /// <summary>No CONNECT packet within <see cref="SocketIOOptions.ConnectTimeout"/>.</summary>
    public static readonly SocketCloseReason ConnectTimedOut = new("connect.timeout", reconnects: true);

    /// <summary>The client sent what the protocol or the options do not allow.</summary>
    public static readonly SocketCloseReason ProtocolViolated = new("protocol.violated", reconnects: true);

    /// <summary>The handler refused the connection.</summary>
    public static readonly SocketCloseReason Refused = new("refused", reconnects: false);

    /// <summary>The peer did not take what was sent: its queue overflowed or a write made no progress.</summary>
    public static readonly SocketCloseReason Slow = new("slow", reconnects: true);

    /// <summary>The handler failed while the connection was being set up.</summary>
    public static readonly SocketCloseReason HandlerFailed = new("handler.failed", reconnects: true);

    /// <summary>The server is stopping.</summary>
    public static readonly SocketCloseReason ServerStopping = new("server.stopping", reconnects: true);

    private SocketCloseReason(string name, bool reconnects)
    {
        Name = name;
        Reconnects = reconnects;
    }

    /// <summary>A stable name for logs, metrics and the product's own farewell.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether a client library should come back by itself. When false, a Socket.IO DISCONNECT packet is sent before
    /// the transport closes, upon which the reference client stays away; when true, only the transport closes.
    /// </summary>
    public bool Reconnects { get; }

    /// <summary>A reason of the product's own.</summary>
    public static SocketCloseReason Create(string name, bool reconnects)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new SocketCloseReason(name, reconnects);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
