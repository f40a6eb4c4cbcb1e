using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Engine;

/// <summary>
/// What a transport does with the packets that it read: the Engine.IO half of a session's inbound side. One call at a
/// time. A closing session ignores what still comes.
/// </summary>
internal static class SessionInbound
{
    public static async ValueTask<ReceiveOutcome> ReceiveTextAsync(
        EngineSession session, ReadOnlyMemory<byte> text, SocketServices services)
    {
        if (session.CloseReason is not null)
        {
            return ReceiveOutcome.Continue;
        }

        if (!EnginePacket.TryRead(text.Span, out var packet))
        {
            return Judge(session, PacketError.UnknownType, services);
        }

        switch (packet.Type)
        {
            case EnginePacketType.Message:
                return Judge(session, await session.Dispatcher.TextAsync(text[1..]), services);
            case EnginePacketType.Pong:
                session.Clock.Pong();
                return ReceiveOutcome.Continue;
            case EnginePacketType.Close:
                return ReceiveOutcome.PeerClosed;
            case EnginePacketType.Noop:
                return ReceiveOutcome.Continue;
            case EnginePacketType.Open:
            case EnginePacketType.Ping:
            case EnginePacketType.Upgrade:
            default:
                // Only a server opens and pings in version 4; an upgrade belongs to a probe.
                return Judge(session, PacketError.UnknownType, services);
        }
    }

    public static async ValueTask<ReceiveOutcome> ReceiveBinaryAsync(
        EngineSession session, ReadOnlyMemory<byte> bytes, SocketServices services) =>
        session.CloseReason is not null
            ? ReceiveOutcome.Continue
            : Judge(session, await session.Dispatcher.BinaryAsync(bytes), services);

    private static ReceiveOutcome Judge(EngineSession session, PacketError error, SocketServices services)
    {
        if (error == PacketError.None)
        {
            return ReceiveOutcome.Continue;
        }

        Log.BadPacket(services.Logger, session.Facts.RemoteAddress, error);
        services.Metrics.Violated();
        return ReceiveOutcome.Violated;
    }
}
