using Caas.SocketIO;

namespace Caas.Messaging.Realtime;

/// <summary>Why the product closes a connection, and whether the client library shall come back by itself.</summary>
internal static class CloseReasons
{
    /// <summary>The token ended and no new one came: the device needs one first.</summary>
    public static readonly SocketCloseReason Expired = SocketCloseReason.Create("expired", reconnects: false);

    /// <summary>The session was ended.</summary>
    public static readonly SocketCloseReason Revoked = SocketCloseReason.Create("revoked", reconnects: false);

    /// <summary>The node stops: the device goes to another, or to the same one when it is back.</summary>
    public static readonly SocketCloseReason Drained = SocketCloseReason.Create("drained", reconnects: true);
}
