using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// An event from the client. Owns its memory, so it may be kept. Arguments are well-formed JSON in valid UTF-8, no deeper
/// than <see cref="SocketIOOptions.MaxJsonDepth"/>, and nothing more: duplicate members, unpaired escaped surrogates and
/// the like are the reader's to refuse.
/// </summary>
public sealed class InboundEvent
{
    private readonly SocketConnection _connection;
    private readonly ReadOnlyMemory<byte>[] _arguments;
    private readonly long? _ackId;
    private int _acknowledged;

    internal InboundEvent(
        SocketConnection connection,
        in EventPayload payload,
        ReadOnlyMemory<byte>[] attachments,
        long? ackId)
    {
        _connection = connection;
        _arguments = payload.Arguments;
        _ackId = ackId;
        Name = payload.Name;
        Attachments = attachments;
    }

    /// <summary>The event's name: not empty, not reserved, bounded by <see cref="SocketIOOptions.MaxEventNameBytes"/>.</summary>
    public string Name { get; }

    /// <summary>The first argument as raw UTF-8 JSON; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Argument => _arguments.Length > 0 ? _arguments[0] : default;

    /// <summary>
    /// Every argument after the name as raw UTF-8 JSON. <c>{"_placeholder":true,"num":i}</c> stands for
    /// <see cref="Attachments"/>[i] when there are attachments.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Arguments => _arguments;

    /// <summary>The binary attachments; each is referred to exactly once by the arguments.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Whether the client waits for an acknowledgement.</summary>
    public bool WantsAck => _ackId is not null;

    /// <summary>Queues the acknowledgement <c>43id[json]</c>. May be called from any thread, also after the handler returned.</summary>
    /// <param name="jsonUtf8">One JSON value, several with commas between, or nothing. Copied as it is.</param>
    /// <returns>
    /// False when none is wanted, one was given already, the connection is closed, or its queue is full (then it is
    /// being closed as slow).
    /// </returns>
    public bool TryAcknowledge(ReadOnlyMemory<byte> jsonUtf8) =>
        _ackId is { } id
        && Interlocked.Exchange(ref _acknowledged, 1) == 0
        && _connection.TrySend(FrameBatch.Text(PacketEncoder.Ack(id, jsonUtf8.Span)));
}
