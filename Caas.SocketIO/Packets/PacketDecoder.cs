using System.Text.Json;

namespace Caas.SocketIO.Packets;

/// <summary>
/// Reads the text part of one Socket.IO packet. Pure: it neither throws nor allocates by a number that the peer wrote.
/// </summary>
internal static class PacketDecoder
{
    // Socket.IO protocol v5, "Packet encoding":
    //
    //   2["hello",1]                                     event
    //   212["hello"]                                     event that wants acknowledgement 12
    //   0/admin,{"token":"x"}                            connect to a namespace
    //   51-["file",{"_placeholder":true,"num":0}]        event with one binary attachment, which follows
    //   |||                                              type, attachments "1-", then namespace "/x,", id, JSON
    public static PacketError TryDecode(ReadOnlySpan<byte> packet, PacketLimits limits, out PacketHeader header)
    {
        header = default;
        if (packet.IsEmpty || packet[0] is < (byte)'0' or > (byte)'6')
        {
            return PacketError.UnknownType;
        }

        var type = (PacketType)(packet[0] - '0');
        var position = 1;
        var attachments = 0;
        if (type is PacketType.BinaryEvent or PacketType.BinaryAck)
        {
            var counted = ReadAttachments(packet, ref position, limits, out attachments);
            if (counted != PacketError.None)
            {
                return counted;
            }
        }

        if (!TryReadNamespace(packet, ref position, out var name))
        {
            return PacketError.BadNamespace;
        }

        if (!TryReadAckId(packet, ref position, out var ackId))
        {
            return PacketError.BadAckId;
        }

        header = new PacketHeader(type, attachments, name, ackId, position..packet.Length);
        return CheckShape(header, packet[position..], limits);
    }

    // "3-": a binary packet has at least one attachment. Zero would leave the collector waiting for ever while
    // later binary frames pile up (CVE-2026-69185); no upper bound was CVE-2026-33151.
    private static PacketError ReadAttachments(
        ReadOnlySpan<byte> packet, ref int position, PacketLimits limits, out int attachments)
    {
        attachments = 0;
        var start = position;
        while (position < packet.Length && char.IsAsciiDigit((char)packet[position]))
        {
            attachments = attachments * 10 + (packet[position] - '0');
            if (attachments > limits.MaxAttachments)
            {
                return PacketError.TooManyAttachments;
            }

            position++;
        }

        if (position == start || attachments == 0 || position == packet.Length || packet[position] != (byte)'-')
        {
            return PacketError.BadAttachmentCount;
        }

        position++;
        return PacketError.None;
    }

    // "/admin,": up to a comma or the end of the packet.
    private static bool TryReadNamespace(ReadOnlySpan<byte> packet, ref int position, out Range name)
    {
        name = default;
        if (position == packet.Length || packet[position] != (byte)'/')
        {
            return true;
        }

        var rest = packet[position..];
        var comma = rest.IndexOf((byte)',');
        var length = comma < 0 ? rest.Length : comma;
        if (length > PacketLimits.MaxNamespaceBytes || rest[..length].IndexOfAnyInRange<byte>(0, 0x1f) >= 0
            || !System.Text.Unicode.Utf8.IsValid(rest[..length]))
        {
            return false;
        }

        name = position..(position + length);
        position += comma < 0 ? length : length + 1;
        return true;
    }

    private static bool TryReadAckId(ReadOnlySpan<byte> packet, ref int position, out long? ackId)
    {
        ackId = null;
        var value = 0L;
        while (position < packet.Length && char.IsAsciiDigit((char)packet[position]))
        {
            value = value * 10 + (packet[position] - '0');
            if (value > PacketLimits.MaxAckId)
            {
                return false;
            }

            ackId = value;
            position++;
        }

        return true;
    }

    private static PacketError CheckShape(in PacketHeader header, ReadOnlySpan<byte> payload, PacketLimits limits)
    {
        var takesAckId = header.Type is not (PacketType.Connect or PacketType.ConnectError or PacketType.Disconnect);
        if (header.AckId is not null && !takesAckId)
        {
            return PacketError.BadAckId;
        }

        var isGood = header.Type switch
        {
            PacketType.Connect or PacketType.ConnectError =>
                payload.IsEmpty || IsJson(payload, JsonTokenType.StartObject, limits),
            PacketType.Disconnect => payload.IsEmpty,
            PacketType.Ack or PacketType.BinaryAck =>
                header.AckId is not null && IsJson(payload, JsonTokenType.StartArray, limits),

            // The whole of an event's payload is checked by EventPayload, in the pass that finds its arguments.
            PacketType.Event or PacketType.BinaryEvent => !payload.IsEmpty && payload[0] == (byte)'[',
        };
        return isGood ? PacketError.None : PacketError.BadPayload;
    }

    private static bool IsJson(ReadOnlySpan<byte> payload, JsonTokenType root, PacketLimits limits)
    {
        if (!System.Text.Unicode.Utf8.IsValid(payload))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
            if (!reader.Read() || reader.TokenType != root)
            {
                return false;
            }

            while (reader.Read())
            {
                // Reading to the end is the check: malformed, too deep or trailing JSON throws.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
