using System.Buffers;
using System.Buffers.Text;
using Caas.SocketIO.Connections;

namespace Caas.SocketIO.Engine;

/// <summary>Packets joined in one HTTP body (Engine.IO protocol v4, "Packet encoding: HTTP long-polling").</summary>
internal static class PollingPayload
{
    public const byte Separator = 0x1e;
    public const byte BinaryPrefix = (byte)'b';

    // 4hello<1e>bAQIDBA==<1e>4world
    /// <summary>Takes the next packet off the front of a body; false when it was the last.</summary>
    public static bool Next(ref ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> packet)
    {
        var end = body.Span.IndexOf(Separator);
        packet = end < 0 ? body : body[..end];
        body = end < 0 ? default : body[(end + 1)..];
        return end >= 0;
    }

    /// <summary>Decodes the base64 after <c>b</c>; null when it is not base64.</summary>
    public static byte[]? DecodeBinary(ReadOnlySpan<byte> base64)
    {
        // Sized by what was received, never by what was declared.
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, decoded, out _, out var written) == OperationStatus.Done
            ? written == decoded.Length ? decoded : decoded[..written]
            : null;
    }

    public static int Length(FrameBatch batch)
    {
        var length = batch.Frames.Length - 1;
        foreach (var frame in batch.Frames)
        {
            length += frame.IsBinary ? 1 + Base64.GetMaxEncodedToUtf8Length(frame.Bytes.Length) : frame.Bytes.Length;
        }

        return length;
    }

    public static void Write(IBufferWriter<byte> output, FrameBatch batch)
    {
        for (var i = 0; i < batch.Frames.Length; i++)
        {
            var frame = batch.Frames[i];
            if (i > 0)
            {
                output.Write([Separator]);
            }

            if (!frame.IsBinary)
            {
                output.Write(frame.Bytes.Span);
                continue;
            }

            var size = 1 + Base64.GetMaxEncodedToUtf8Length(frame.Bytes.Length);
            var span = output.GetSpan(size);
            span[0] = BinaryPrefix;
            Base64.EncodeToUtf8(frame.Bytes.Span, span[1..], out _, out _);
            output.Advance(size);
        }
    }
}
