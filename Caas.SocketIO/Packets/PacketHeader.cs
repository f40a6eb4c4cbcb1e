using System.Runtime.InteropServices;

namespace Caas.SocketIO.Packets;

/// <summary>A packet's fields as ranges of the bytes that it was read from; holds no memory of its own.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PacketHeader(
    PacketType Type,
    int Attachments,
    Range Namespace,
    long? AckId,
    Range Payload)
{
    public bool IsBinary => Type is PacketType.BinaryEvent or PacketType.BinaryAck;

    /// <summary>An omitted namespace is the main one, "/".</summary>
    public bool IsMainNamespace(ReadOnlySpan<byte> packet) => packet[Namespace] is [] or [(byte)'/'];
}
