using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Caas.Messaging.Realtime;

/// <summary>The members of an acknowledgement beside <c>ok</c>.</summary>
internal static class Acknowledgement
{
    /// <summary>Nothing beside it.</summary>
    public static ReadOnlyMemory<byte> Empty => default;

    /// <summary><c>"name": value</c>.</summary>
    public static ReadOnlyMemory<byte> Of<T>(string name, T value, JsonTypeInfo<T> typeInfo)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
        var buffer = new ArrayBufferWriter<byte>(json.Length + name.Length + 4);
        buffer.Write("\""u8);
        buffer.Write(System.Text.Encoding.UTF8.GetBytes(name));
        buffer.Write("\":"u8);
        buffer.Write(json);
        return buffer.WrittenMemory;
    }

    /// <summary>The value's own members.</summary>
    public static ReadOnlyMemory<byte> Spread<T>(T value, JsonTypeInfo<T> typeInfo) =>
        JsonSerializer.SerializeToUtf8Bytes(value, typeInfo).AsMemory()[1..^1];
}
