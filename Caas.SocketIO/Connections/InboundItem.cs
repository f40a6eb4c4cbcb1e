using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// A packet that waits for the handler, or the end of the session. A class, because an idle connection keeps the queue's
/// empty array, and that ought to be small.
/// </summary>
internal sealed record InboundItem(
    InboundKind Kind,
    int Bytes = 0,
    ReadOnlyMemory<byte> AuthJson = default,
    EventPayload Event = default,
    ReadOnlyMemory<byte>[]? Attachments = null,
    long? AckId = null,
    SocketCloseReason? Reason = null);
