namespace Caas.SocketIO.Engine;

/// <summary>What carries a session's bytes. Thread-safe; no method blocks or throws.</summary>
internal interface IEngineTransport
{
    string Name { get; }

    /// <summary>When the write began that is still under way, as a timestamp; 0 when none is.</summary>
    long WritingSince { get; }

    /// <summary>Says that the session's queue has something to send, or is completed.</summary>
    void Flush();

    /// <summary>Cuts the transport at once.</summary>
    void Abort();
}
