using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>A packet that waits for the handler, or the end of the session.</summary>
internal readonly record struct InboundItem(
    InboundKind Kind,
    int Bytes = 0,
    ReadOnlyMemory<byte> AuthJson = default,
    EventPayload Event = default,
    ReadOnlyMemory<byte>[]? Attachments = null,
    long? AckId = null,
    SocketCloseReason? Reason = null);
