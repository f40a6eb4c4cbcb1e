namespace Caas.SocketIO.WebSockets;

/// <summary>Why a WebSocket closes (RFC 6455, section 7.4.1): those that this server sends.</summary>
internal enum WebSocketStatus : ushort
{
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    InvalidText = 1007,
    PolicyViolated = 1008,
    TooLarge = 1009,
}
