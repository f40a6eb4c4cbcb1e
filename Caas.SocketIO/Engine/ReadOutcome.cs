namespace Caas.SocketIO.Engine;

internal enum ReadOutcome
{
    Text,
    Binary,
    PeerClosed,
    TooLarge,
}
