namespace Caas.SocketIO.Connections;

internal enum InboundKind
{
    Connect,
    Event,
    Disconnect,
    Finish,
}
