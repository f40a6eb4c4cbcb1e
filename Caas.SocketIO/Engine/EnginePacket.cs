using Caas.SocketIO.Connections;

namespace Caas.SocketIO.Engine;

/// <summary>One text packet of Engine.IO: a digit, then whatever its type carries.</summary>
internal readonly ref struct EnginePacket(EnginePacketType type, ReadOnlySpan<byte> body)
{
    public static readonly FrameBatch Ping = FrameBatch.Text("2"u8.ToArray());
    public static readonly FrameBatch ProbeAnswer = FrameBatch.Text("3probe"u8.ToArray());
    public static readonly FrameBatch Close = FrameBatch.Text("1"u8.ToArray());
    public static readonly FrameBatch Noop = FrameBatch.Text("6"u8.ToArray());

    public EnginePacketType Type { get; } = type;

    public ReadOnlySpan<byte> Body { get; } = body;

    // 4hello     message
    // 2probe     ping of an upgrade
    public static bool TryRead(ReadOnlySpan<byte> text, out EnginePacket packet)
    {
        if (text.IsEmpty || text[0] is < (byte)'0' or > (byte)'6')
        {
            packet = default;
            return false;
        }

        packet = new EnginePacket((EnginePacketType)(text[0] - '0'), text[1..]);
        return true;
    }
}
