using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Caas.SocketIO.Packets;

/// <summary>
/// Writes packets as the text of one Engine.IO message: the leading <c>4</c> is included, so that the bytes can leave
/// on a WebSocket as they are.
/// </summary>
internal static class PacketEncoder
{
    /// <summary><c>41</c></summary>
    public static ReadOnlySpan<byte> Disconnect => "41"u8;

    /// <summary><c>40{"sid":"..."}</c></summary>
    public static byte[] Connect(string id) => Encoding.UTF8.GetBytes($$"""40{"sid":"{{id}}"}""");

    /// <summary><c>44{"message":"...","data":{...}}</c>, or <c>44/admin,{...}</c> outside the main namespace.</summary>
    public static byte[] ConnectError(ReadOnlySpan<byte> name, string message, ReadOnlySpan<byte> dataJson)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + message.Length + dataJson.Length);
        buffer.Write("44"u8);
        if (name is not ([] or [(byte)'/']))
        {
            buffer.Write(name);
            buffer.Write(","u8);
        }

        buffer.Write("{\"message\":\""u8);
        buffer.Write(JsonEncodedText.Encode(message).EncodedUtf8Bytes);
        buffer.Write("\""u8);
        if (!dataJson.IsEmpty)
        {
            buffer.Write(",\"data\":"u8);
            buffer.Write(dataJson);
        }

        buffer.Write("}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>42["name",json]</c>, or <c>452-["name",json]</c> with two attachments.</summary>
    public static byte[] Event(string name, ReadOnlySpan<byte> json, int attachments)
    {
        var buffer = new ArrayBufferWriter<byte>(16 + name.Length + json.Length);
        buffer.Write(attachments == 0 ? "42"u8 : "45"u8);
        if (attachments > 0)
        {
            WriteNumber(buffer, attachments);
            buffer.Write("-"u8);
        }

        buffer.Write("[\""u8);
        buffer.Write(JsonEncodedText.Encode(name).EncodedUtf8Bytes);
        buffer.Write("\""u8);
        if (!json.IsEmpty)
        {
            buffer.Write(","u8);
            buffer.Write(json);
        }

        buffer.Write("]"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>4312[json]</c></summary>
    public static byte[] Ack(long id, ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(24 + json.Length);
        buffer.Write("43"u8);
        WriteNumber(buffer, id);
        buffer.Write("["u8);
        buffer.Write(json);
        buffer.Write("]"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNumber(ArrayBufferWriter<byte> buffer, long value)
    {
        Utf8Formatter.TryFormat(value, buffer.GetSpan(20), out var written);
        buffer.Advance(written);
    }
}
