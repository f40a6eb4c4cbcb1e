using System.Buffers;
using System.Buffers.Binary;

namespace Caas.SocketIO.WebSockets;

/// <summary>
/// What stands before a frame's payload (RFC 6455, section 5.2). No extension was agreed on, so a reserved bit is a
/// violation.
/// </summary>
/// <param name="Opcode">Any of the sixteen; not every one is defined.</param>
/// <param name="IsFinal">Whether the message ends with this frame.</param>
/// <param name="HasReservedBits">Whether one of the three bits of extensions is set.</param>
/// <param name="Mask">What the payload is mixed with, as it lies on the wire; null for a frame that is not masked.</param>
/// <param name="Length">Bytes of the payload; negative where the wire's 64 bits say so.</param>
internal readonly record struct WebSocketFrameHeader(
    WebSocketOpcode Opcode, bool IsFinal, bool HasReservedBits, uint? Mask, long Length)
{
    /// <summary>Two bytes, eight of length, four of mask.</summary>
    public const int MostBytes = 14;

    /// <summary>What a control frame may carry (section 5.5).</summary>
    public const int MostControlBytes = 125;

    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    public bool IsControl => ((byte)Opcode & 0x8) != 0;

    /// <summary>Reads the header off the front of what has arrived; false when it has not arrived whole.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> bytes, out WebSocketFrameHeader header)
    {
        Span<byte> copy = stackalloc byte[MostBytes];
        var there = (int)Math.Min(bytes.Length, MostBytes);
        bytes.Slice(0, there).CopyTo(copy);
        header = default;
        if (there < 2)
        {
            return false;
        }

        var shortLength = copy[1] & ~Masked;
        var lengthBytes = shortLength switch { Length16 => 2, Length64 => 8, _ => 0 };
        var isMasked = (copy[1] & Masked) != 0;
        var size = 2 + lengthBytes + (isMasked ? 4 : 0);
        if (there < size)
        {
            return false;
        }

        var length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(copy[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(copy[2..]),
            _ => shortLength,
        };
        header = new WebSocketFrameHeader(
            (WebSocketOpcode)(copy[0] & 0xf),
            (copy[0] & Final) != 0,
            (copy[0] & Reserved) != 0,
            isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(copy[(size - 4)..]) : null,
            length);
        bytes = bytes.Slice(size);
        return true;
    }

    /// <summary>Writes the header of a whole message or control frame from the server, which masks nothing.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, WebSocketOpcode opcode, int length)
    {
        destination[0] = (byte)(Final | (byte)opcode);
        if (length < Length16)
        {
            destination[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            destination[1] = Length16;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }

        destination[1] = Length64;
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
        return 10;
    }
}
