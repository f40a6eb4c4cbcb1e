using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// An event to emit, encoded once: the very bytes <c>42["name",json]</c> that leave on every socket. Immutable and
/// thread-safe; share one instance among any number of connections and rooms.
/// </summary>
public sealed class EncodedEvent
{
    private EncodedEvent(string name, FrameBatch frames)
    {
        Name = name;
        Frames = frames;
    }

    /// <summary>The event's name, for logs and metrics.</summary>
    public string Name { get; }

    /// <summary>The bytes that the event takes in a queue, attachments included.</summary>
    public int Bytes => Frames.Bytes;

    internal FrameBatch Frames { get; }

    /// <summary>Encodes an event of text.</summary>
    /// <param name="name">Not empty and none of the names that Socket.IO reserves.</param>
    /// <param name="jsonUtf8">
    /// One JSON value, or several with commas between for several arguments, or nothing. It is copied as it is, not
    /// parsed: it must be valid JSON, which also means that it holds no raw control character.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public static EncodedEvent Create(string name, ReadOnlySpan<byte> jsonUtf8)
    {
        Check(name);
        return new EncodedEvent(name, FrameBatch.Text(PacketEncoder.Event(name, jsonUtf8, attachments: 0)));
    }

    /// <summary>Encodes an event with binary attachments.</summary>
    /// <param name="name"><inheritdoc cref="Create(string, ReadOnlySpan{byte})" path="/param[@name='name']"/></param>
    /// <param name="jsonUtf8">
    /// The arguments, in which <c>{"_placeholder":true,"num":i}</c> stands for attachment <c>i</c>; each exactly once.
    /// </param>
    /// <param name="attachments">Kept, not copied: the memory must not change any more.</param>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public static EncodedEvent Create(
        string name, ReadOnlySpan<byte> jsonUtf8, ReadOnlySpan<ReadOnlyMemory<byte>> attachments)
    {
        Check(name);
        var text = PacketEncoder.Event(name, jsonUtf8, attachments.Length);
        return new EncodedEvent(name, FrameBatch.WithAttachments(text, attachments));
    }

    private static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (ReservedEvents.Contains(name))
        {
            throw new ArgumentException($"'{name}' is reserved by Socket.IO.", nameof(name));
        }
    }
}
