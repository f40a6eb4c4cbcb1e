namespace Caas.SocketIO.Engine;

/// <summary>What a transport does after it handed a packet to its session.</summary>
internal enum ReceiveOutcome
{
    Continue,
    PeerClosed,
    Violated,
}
