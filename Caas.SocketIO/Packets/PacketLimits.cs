namespace Caas.SocketIO.Packets;

/// <summary>The caps under which a packet is read; taken from <see cref="SocketIOOptions"/>.</summary>
internal sealed record PacketLimits(
    int MaxAttachments = 10,
    int MaxBinaryPacketBytes = 4_000_000,
    int MaxJsonDepth = 32,
    int MaxEventNameBytes = 128,
    int MaxArguments = 32)
{
    /// <summary>Namespaces other than "/" are refused anyhow; this only bounds what is echoed back.</summary>
    public const int MaxNamespaceBytes = 128;

    /// <summary>2^53 - 1: what a JavaScript peer can count exactly.</summary>
    public const long MaxAckId = 9_007_199_254_740_991;
}
