namespace Caas.SocketIO.Packets;

/// <summary>The first digit of a Socket.IO packet (Socket.IO protocol v5, "Exchange protocol").</summary>
internal enum PacketType : byte
{
    Connect = 0,
    Disconnect = 1,
    Event = 2,
    Ack = 3,
    ConnectError = 4,
    BinaryEvent = 5,
    BinaryAck = 6,
}
