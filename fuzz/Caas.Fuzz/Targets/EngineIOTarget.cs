using System.Buffers;
using System.Text;
using Caas.SocketIO;
using Caas.SocketIO.Connections;
using Caas.SocketIO.Engine;

namespace Caas.Fuzz.Targets;

/// <summary>The body of a long-polling POST: its packets, their types, their base64.</summary>
/// <remarks>
/// Rules: the packets and what separates them are the body; base64 that is read means what it means to the framework; what was read and is
/// written as a payload reads the same, in the length that was foretold.
/// </remarks>
internal sealed class EngineIOTarget : IFuzzTarget
{
    private static readonly SocketIOOptions Options = new();

    /// <inheritdoc/>
    public string Name => "engine-io";

    /// <inheritdoc/>
    public string Reads => "Engine.IO packets of a long-polling body";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(16 * 1024, 256);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } =
        Oracle.Tokens("\u001e", "0", "1", "2", "2probe", "3", "3probe", "4", "5", "6", "b", "bAQIDBA==", "=", "==", "b=", "42[\"e\"]", "\r\n");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var packets = Split(input);
        var (kinds, good) = Read(packets);
        if (good.Count > 0 && packets.Count <= Options.MaxPacketsPerPayload)
        {
            CheckWritten(good);
        }

        return kinds;
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> input)
    {
        var packets = new List<ReadOnlyMemory<byte>>();
        var rest = input;
        var position = 0;
        bool more;
        do
        {
            more = PollingPayload.Next(ref rest, out var packet);
            Oracle.Require(input.Span.Slice(position, packet.Length).SequenceEqual(packet.Span), "A packet is a part of the body.");
            Oracle.Require(!packet.Span.Contains(PollingPayload.Separator), "A packet holds no separator.");
            position += packet.Length + 1;
            packets.Add(packet);
        }
        while (more);
        Oracle.Require(position == input.Length + 1, "The packets and their separators are the whole body.");
        return packets;
    }

    // As a session reads them: up to the first that is bad. Kinds: a bit for each type, for binary and for a bad one.
    private static (int Kinds, List<OutboundFrame> Good) Read(List<ReadOnlyMemory<byte>> packets)
    {
        var kinds = 0;
        var good = new List<OutboundFrame>();
        foreach (var packet in packets)
        {
            if (!packet.IsEmpty && packet.Span[0] == PollingPayload.BinaryPrefix)
            {
                var binary = DecodeBinary(packet.Span[1..]);
                if (binary is null)
                {
                    return (kinds | (1 << 9), good);
                }

                kinds |= 1 << 8;
                good.Add(new OutboundFrame(binary, IsBinary: true));
            }
            else if (EnginePacket.TryRead(packet.Span, out var text))
            {
                Oracle.Require(text.Body.SequenceEqual(packet.Span[1..]), "What follows the type is the packet's body.");
                Oracle.Require((byte)text.Type + '0' == packet.Span[0], "The type is the first digit.");
                kinds |= 1 << (int)text.Type;
                good.Add(new OutboundFrame(packet, IsBinary: false));
            }
            else
            {
                return (kinds | (1 << 10), good);
            }
        }

        return (kinds, good);
    }

    private static byte[]? DecodeBinary(ReadOnlySpan<byte> base64)
    {
        var decoded = PollingPayload.DecodeBinary(base64);
        var expected = new byte[base64.Length];
        var valid = Convert.TryFromBase64Chars(Encoding.Latin1.GetString(base64), expected, out var written);
        if (decoded is not null)
        {
            Oracle.Require(valid && decoded.AsSpan().SequenceEqual(expected.AsSpan(0, written)), "Base64 means what it means to the framework.");
        }
        else if (valid)
        {
            // Bits after the end, which no writer makes.
            var canonical = Encoding.Latin1.GetBytes(Convert.ToBase64String(expected, 0, written));
            Oracle.Require(!base64.SequenceEqual(canonical), "Base64 as the framework writes it is read.");
        }

        return decoded;
    }

    private static void CheckWritten(List<OutboundFrame> frames)
    {
        // A batch is a text and its attachments: the frames in the order in which such batches can hold them.
        var texts = frames.FindAll(static frame => !frame.IsBinary);
        var first = texts.Count > 0 ? texts[0].Bytes.ToArray() : "4"u8.ToArray();
        ReadOnlyMemory<byte>[] attachments = [.. frames.Where(static frame => frame.IsBinary).Select(static frame => frame.Bytes)];
        var batch = FrameBatch.WithAttachments(first, attachments);
        var written = new ArrayBufferWriter<byte>();
        PollingPayload.Write(written, batch);
        Oracle.Require(written.WrittenCount == PollingPayload.Length(batch), "A payload has the length that was foretold.");
        var again = Split(written.WrittenMemory);
        Oracle.Require(again.Count == 1 + attachments.Length && again[0].Span.SequenceEqual(first), "A written payload has the same packets.");
        for (var i = 0; i < attachments.Length; i++)
        {
            var decoded = PollingPayload.DecodeBinary(again[i + 1].Span[1..]);
            Oracle.Require(decoded.AsSpan().SequenceEqual(attachments[i].Span), "A written attachment reads the same.");
        }
    }
}
