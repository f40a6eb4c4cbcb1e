using Caas.SocketIO.Connections;

namespace Caas.SocketIO;

/// <summary>
/// What the product does with connections. One instance serves all; its methods run concurrently for different
/// connections, but for one connection one at a time, in the order of the client's packets. An exception from any
/// method ends at most that one connection. The token is the connection's <see cref="SocketConnection.Aborted"/>.
/// </summary>
public interface ISocketHandler
{
    /// <summary>
    /// Decides on a CONNECT packet to the main namespace. Nothing can be emitted yet. An exception refuses.
    /// </summary>
    /// <param name="connection">The connection to be, with the facts of its handshake.</param>
    /// <param name="authJson">The packet's payload, a JSON object in UTF-8; <c>{}</c> when the client sent none.</param>
    /// <param name="ct">Cancelled when the peer is gone.</param>
    ValueTask<ConnectDecision> ConnectAsync(
        SocketConnection connection, ReadOnlyMemory<byte> authJson, CancellationToken ct);

    /// <summary>
    /// Called after CONNECT was queued, so what it emits comes after it: the place to join rooms. Skipped when the peer
    /// went away during <see cref="ConnectAsync"/>. An exception closes the connection.
    /// </summary>
    ValueTask ConnectedAsync(SocketConnection connection, CancellationToken ct);

    /// <summary>
    /// One event. The next waits until this returns; while <see cref="SocketIOOptions.MaxInboundEvents"/> wait, nothing
    /// more is read from the peer. An exception is logged; the event stays without acknowledgement and the connection
    /// open.
    /// </summary>
    ValueTask EventAsync(SocketConnection connection, InboundEvent e, CancellationToken ct);

    /// <summary>
    /// Called exactly once for every connection that <see cref="ConnectAsync"/> accepted, after every other call for it.
    /// Events that were still waiting when the connection ended are not handled any more.
    /// </summary>
    ValueTask DisconnectedAsync(SocketConnection connection, SocketCloseReason reason);
}
