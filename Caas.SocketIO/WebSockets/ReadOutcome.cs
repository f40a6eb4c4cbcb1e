namespace Caas.SocketIO.WebSockets;

/// <summary>What the reader made of the bytes that have arrived.</summary>
internal enum ReadOutcome
{
    /// <summary>Nothing yet: more has to arrive.</summary>
    Incomplete,

    /// <summary>A message of text.</summary>
    Text,

    /// <summary>A message of bytes.</summary>
    Binary,

    /// <summary>The peer asks for a pong that carries the same.</summary>
    Ping,

    /// <summary>The peer closes in good order.</summary>
    PeerClosed,

    /// <summary>The peer is gone without a word.</summary>
    PeerLost,

    /// <summary>The peer broke a rule or a bound; <see cref="WebSocketReader.Violation"/> says which.</summary>
    Violated,
}
