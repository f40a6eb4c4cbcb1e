using System.Text.Json;

namespace Caas.SocketIO.Packets;

/// <summary>An event's name and its arguments, which are slices of the payload that was read.</summary>
internal readonly record struct EventPayload(string Name, ReadOnlyMemory<byte>[] Arguments)
{
    // ["name",<argument>,<argument>...]; in a binary event any argument may hold {"_placeholder":true,"num":0}
    public static PacketError TryRead(
        ReadOnlyMemory<byte> payload, int attachments, PacketLimits limits, out EventPayload result)
    {
        result = default;
        if (!System.Text.Unicode.Utf8.IsValid(payload.Span))
        {
            return PacketError.BadPayload;
        }

        try
        {
            return Read(payload, attachments, limits, out result);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, escaped, in the name.
            return PacketError.BadPayload;
        }
    }

    private static PacketError Read(
        ReadOnlyMemory<byte> payload, int attachments, PacketLimits limits, out EventPayload result)
    {
        result = default;
        var reader = new Utf8JsonReader(payload.Span, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return PacketError.BadPayload;
        }

        reader.Read();
        var named = ReadName(ref reader, limits, out var name);
        if (named != PacketError.None)
        {
            return named;
        }

        var placeholders = new Placeholders(attachments);
        List<ReadOnlyMemory<byte>>? arguments = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            arguments ??= new(2);
            if (arguments.Count == limits.MaxArguments)
            {
                return PacketError.TooManyArguments;
            }

            var start = (int)reader.TokenStartIndex;
            placeholders.Scan(ref reader);
            arguments.Add(payload[start..(int)reader.BytesConsumed]);
        }

        if (reader.Read())
        {
            return PacketError.BadPayload;
        }

        result = new EventPayload(name, arguments?.ToArray() ?? []);
        return placeholders.AreComplete ? PacketError.None : PacketError.BadPlaceholder;
    }

    // Only a string: an object with a toString member as the name ended whole servers (CVE-2023-32695).
    private static PacketError ReadName(ref Utf8JsonReader reader, PacketLimits limits, out string name)
    {
        name = "";
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return PacketError.EmptyEvent;
        }

        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > limits.MaxEventNameBytes)
        {
            return PacketError.BadEventName;
        }

        name = reader.GetString()!;
        return name.Length == 0 ? PacketError.BadEventName
            : ReservedEvents.Contains(name) ? PacketError.ReservedEventName
            : PacketError.None;
    }
}
