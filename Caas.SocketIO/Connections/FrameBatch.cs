namespace Caas.SocketIO.Connections;

/// <summary>
/// Frames that stay together: a packet and its attachments. Immutable, made once and shared by every queue it waits
/// in, so that a broadcast allocates nothing per socket.
/// </summary>
internal sealed class FrameBatch
{
    private FrameBatch(OutboundFrame[] frames)
    {
        Frames = frames;
        foreach (var frame in frames)
        {
            Bytes += frame.Bytes.Length;
        }
    }

    public OutboundFrame[] Frames { get; }

    /// <summary>What the batch counts for in a queue's bound.</summary>
    public int Bytes { get; }

    public static FrameBatch Text(byte[] text) => new([new OutboundFrame(text, IsBinary: false)]);

    public static FrameBatch WithAttachments(byte[] text, ReadOnlySpan<ReadOnlyMemory<byte>> attachments)
    {
        var frames = new OutboundFrame[1 + attachments.Length];
        frames[0] = new OutboundFrame(text, IsBinary: false);
        for (var i = 0; i < attachments.Length; i++)
        {
            frames[i + 1] = new OutboundFrame(attachments[i], IsBinary: true);
        }

        return new FrameBatch(frames);
    }
}
