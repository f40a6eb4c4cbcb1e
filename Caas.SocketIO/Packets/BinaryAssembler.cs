namespace Caas.SocketIO.Packets;

/// <summary>
/// Collects the attachments of one binary packet. Holds copies of what has arrived and nothing sized by what was
/// announced; the caller closes the session on any error, which drops the rest.
/// </summary>
internal sealed class BinaryAssembler(PacketLimits limits)
{
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private byte[]? _packet;
    private PacketHeader _header;
    private long _bytes;

    public bool IsWaiting => _packet is not null;

    public void Begin(in PacketHeader header, ReadOnlySpan<byte> packet)
    {
        _header = header;
        _packet = packet.ToArray();
        _bytes = packet.Length;
    }

    /// <summary>True in <paramref name="complete"/> once the last attachment is there; then call <see cref="Take"/>.</summary>
    public PacketError Add(ReadOnlySpan<byte> attachment, out bool complete)
    {
        complete = false;
        if (_packet is null)
        {
            return PacketError.UnexpectedBinary;
        }

        _bytes += attachment.Length;
        if (_bytes > limits.MaxBinaryPacketBytes)
        {
            return PacketError.TooManyBinaryBytes;
        }

        _attachments.Add(attachment.ToArray());
        complete = _attachments.Count == _header.Attachments;
        return PacketError.None;
    }

    public (PacketHeader Header, byte[] Packet, ReadOnlyMemory<byte>[] Attachments) Take()
    {
        var result = (_header, _packet!, _attachments.ToArray());
        _packet = null;
        _attachments.Clear();
        return result;
    }
}
