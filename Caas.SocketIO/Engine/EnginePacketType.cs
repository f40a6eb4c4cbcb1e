namespace Caas.SocketIO.Engine;

/// <summary>The first digit of an Engine.IO packet (Engine.IO protocol v4, "Protocol").</summary>
internal enum EnginePacketType : byte
{
    Open = 0,
    Close = 1,
    Ping = 2,
    Pong = 3,
    Message = 4,
    Upgrade = 5,
    Noop = 6,
}
