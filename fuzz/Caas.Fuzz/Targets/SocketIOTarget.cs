using System.Globalization;
using System.Text;
using System.Text.Json;
using Caas.SocketIO;
using Caas.SocketIO.Packets;

namespace Caas.Fuzz.Targets;

/// <summary>The text of one Socket.IO packet, and the payload of an event.</summary>
/// <remarks>
/// Rules: an accepted packet written anew has the same fields; a payload is accepted only where the framework's document
/// reader takes it too, and then has the same name and arguments.
/// </remarks>
internal sealed class SocketIOTarget : IFuzzTarget
{
    private static readonly PacketLimits Limits = new SocketIOOptions().PacketLimits;

    /// <inheritdoc/>
    public string Name => "socket-io";

    /// <inheritdoc/>
    public string Reads => "one Socket.IO packet and an event's payload";

    /// <inheritdoc/>
    public AllocationBound Bound { get; } = new(16 * 1024, 256);

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Tokens { get; } = Oracle.Tokens(
        "0", "1", "2", "3", "4", "5", "6", "-", "51-", "/", "/admin,", ",", "[", "]", "{", "}", "\"", ":", "\\", "\\u0000", "\\ud800",
        "[\"e\"]", "[\"e\",1]", "{\"_placeholder\":true,\"num\":0}", "\"_placeholder\"", "\"num\"", "true", "null", "\"error\"",
        "\"connect\"", "\"__proto__\"", "{\"toString\":\"foo\"}", "{\"token\":\"x\"}", "9007199254740991", "/*", "//", "\u00e9", "\ufeff");

    /// <inheritdoc/>
    public int Run(ReadOnlyMemory<byte> input)
    {
        var error = PacketDecoder.TryDecode(input.Span, Limits, out var header);
        if (error != PacketError.None)
        {
            return (int)error;
        }

        CheckHeader(input, header);
        CheckJson(header, input[header.Payload]);
        var isEvent = header.Type is PacketType.Event or PacketType.BinaryEvent;
        var read = isEvent ? ReadEvent(header, input[header.Payload]) : PacketError.None;
        return 100 + ((int)header.Type * 100) + (int)read;
    }

    private static void CheckHeader(ReadOnlyMemory<byte> input, in PacketHeader header)
    {
        var packet = input.Span;
        Oracle.Require(header.Attachments >= 0 && header.Attachments <= Limits.MaxAttachments, "Attachments are within their cap.");
        Oracle.Require(header.IsBinary == (header.Attachments > 0), "A binary packet, and no other, has attachments.");
        var text = new StringBuilder().Append((int)header.Type);
        if (header.IsBinary)
        {
            text.Append(CultureInfo.InvariantCulture, $"{header.Attachments}-");
        }

        if (!packet[header.Namespace].IsEmpty)
        {
            text.Append(Encoding.UTF8.GetString(packet[header.Namespace])).Append(',');
        }

        text.Append(header.AckId);
        byte[] written = [.. Encoding.UTF8.GetBytes(text.ToString()), .. packet[header.Payload]];
        var error = PacketDecoder.TryDecode(written, Limits, out var again);
        Oracle.Require(error == PacketError.None, "A packet written anew is accepted.");
        Oracle.Require(
            again.Type == header.Type && again.Attachments == header.Attachments && again.AckId == header.AckId
            && written.AsSpan(again.Namespace).SequenceEqual(packet[header.Namespace])
            && written.AsSpan(again.Payload).SequenceEqual(packet[header.Payload]),
            "A packet written anew has the same fields.");
    }

    private static void CheckJson(in PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        if (header.Type is PacketType.Event or PacketType.BinaryEvent || payload.IsEmpty)
        {
            return;
        }

        using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = Limits.MaxJsonDepth });
        var isArray = header.Type is PacketType.Ack or PacketType.BinaryAck;
        Oracle.Require(
            document.RootElement.ValueKind == (isArray ? JsonValueKind.Array : JsonValueKind.Object), "The payload has the kind of its type.");
    }

    private static PacketError ReadEvent(in PacketHeader header, ReadOnlyMemory<byte> payload)
    {
        var error = EventPayload.TryRead(payload, header.Attachments, Limits, out var read);
        if (error != PacketError.None)
        {
            return error;
        }

        EventRules.Check(read, header.Attachments, payload);
        var json = EventRules.Join(read.Arguments);
        var written = PacketEncoder.Event(read.Name, json, header.Attachments);
        var decoded = PacketDecoder.TryDecode(written.AsSpan(1), Limits, out var again);
        Oracle.Require(decoded == PacketError.None, "An event written anew is a packet.");
        error = EventPayload.TryRead(written.AsMemory(1)[again.Payload], again.Attachments, Limits, out var reread);

        // A name may be longer as it is written than as it was read: escapes.
        Oracle.Require(error == PacketError.None || error == PacketError.BadEventName, "An event written anew is accepted.");
        Oracle.Require(error != PacketError.None || EventRules.AreSame(read, reread), "An event written anew is the same.");
        return PacketError.None;
    }
}
