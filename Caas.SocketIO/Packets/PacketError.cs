namespace Caas.SocketIO.Packets;

/// <summary>Why bytes are not an acceptable Socket.IO packet. Any but <see cref="None"/> closes the session.</summary>
internal enum PacketError
{
    None,
    UnknownType,
    BadAttachmentCount,
    TooManyAttachments,
    BadNamespace,
    BadAckId,
    BadPayload,
    EmptyEvent,
    BadEventName,
    ReservedEventName,
    TooManyArguments,
    BadPlaceholder,
    UnexpectedBinary,
    UnexpectedText,
    TooManyBinaryBytes,
}
