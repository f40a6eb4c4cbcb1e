using Caas.SocketIO.Engine;
using Caas.SocketIO.Packets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// The Socket.IO half of a session's inbound side: decodes what the transport brings, which happens one call at a time,
/// and passes it to the handler in order.
/// </summary>
internal sealed class PacketDispatcher
{
    // A refusal is answered, so a peer could ask for ever.
    private const int MaxNamespaceRefusals = 10;

    private readonly EngineSession _session;
    private readonly SocketServices _services;
    private readonly InboundQueue _inbound;
    private readonly HandlerCalls _calls;

    // Owned by the transport's reader.
    private BinaryAssembler? _assembler;
    private int _namespaceRefusals;

    private long _assemblingSince;

    public PacketDispatcher(EngineSession session, SocketServices services)
    {
        _session = session;
        _services = services;
        _calls = new HandlerCalls(session, services);
        _inbound = new InboundQueue(_calls, services.Options);
    }

    /// <summary>The accepted connection, while there is one.</summary>
    public SocketConnection? Connection => _calls.Connection is { IsAccepted: true } connection ? connection : null;

    /// <summary>Since when attachments are awaited, as a timestamp; 0 when none are.</summary>
    public long AssemblingSince => Volatile.Read(ref _assemblingSince);

    public bool IsBlocked => _inbound.IsBlocked;

    public Task WhenIdleAsync() => _inbound.WhenIdleAsync();

    /// <summary>Takes the text of one Engine.IO message; returns once there is room for it.</summary>
    public ValueTask<PacketError> TextAsync(ReadOnlyMemory<byte> packet)
    {
        if (_assembler is { IsWaiting: true })
        {
            return ValueTask.FromResult(PacketError.UnexpectedText);
        }

        var error = PacketDecoder.TryDecode(packet.Span, _services.Limits, out var header);
        if (error != PacketError.None)
        {
            return ValueTask.FromResult(error);
        }

        if (!header.IsBinary)
        {
            return RouteAsync(header, packet, []);
        }

        _assembler ??= new BinaryAssembler(_services.Limits);
        _assembler.Begin(header, packet.Span);
        Volatile.Write(ref _assemblingSince, _services.Time.GetTimestamp());
        return ValueTask.FromResult(PacketError.None);
    }

    /// <summary>Takes one attachment.</summary>
    public ValueTask<PacketError> BinaryAsync(ReadOnlyMemory<byte> attachment)
    {
        if (_assembler is null)
        {
            return ValueTask.FromResult(PacketError.UnexpectedBinary);
        }

        var error = _assembler.Add(attachment.Span, out var complete);
        if (error != PacketError.None || !complete)
        {
            return ValueTask.FromResult(error);
        }

        Volatile.Write(ref _assemblingSince, 0);
        var (header, packet, attachments) = _assembler.Take();
        return RouteAsync(header, packet, attachments);
    }

    /// <summary>The session closes: what waits is dropped, the handler learns that its connection is gone.</summary>
    public void Finish(SocketCloseReason reason)
    {
        _calls.Connection?.TryMarkClosed(reason);
        _inbound.Finish(new InboundItem(InboundKind.Finish, Reason: reason));
    }

    /// <summary>A write hangs: counts and logs it, unless the connection was closed before.</summary>
    public void ReportSlow()
    {
        if (Connection is { Closed: null } connection)
        {
            connection.ReportSlow();
        }
    }

    private async ValueTask<PacketError> RouteAsync(
        PacketHeader header, ReadOnlyMemory<byte> packet, ReadOnlyMemory<byte>[] attachments)
    {
        switch (header.Type)
        {
            case PacketType.Connect when !header.IsMainNamespace(packet.Span):
                return RefuseNamespace(packet.Span[header.Namespace]);
            case PacketType.Connect:
                var auth = packet[header.Payload].ToArray();
                await _inbound.EnqueueAsync(new InboundItem(InboundKind.Connect, auth.Length, auth));
                return PacketError.None;
            case PacketType.Disconnect when header.IsMainNamespace(packet.Span):
                await _inbound.EnqueueAsync(new InboundItem(InboundKind.Disconnect));
                return PacketError.None;
            case PacketType.Event or PacketType.BinaryEvent when header.IsMainNamespace(packet.Span):
                return await EnqueueEventAsync(header, packet, attachments);
            case PacketType.Event or PacketType.BinaryEvent:
                // Nobody was ever let into another namespace.
                return PacketError.BadNamespace;
            case PacketType.Disconnect:
            case PacketType.Ack or PacketType.BinaryAck:
                // Nothing asks clients for acknowledgements yet, and leaving a namespace one never was in is no harm.
                return PacketError.None;
            case PacketType.ConnectError:
            default:
                return PacketError.UnknownType;
        }
    }

    private async ValueTask<PacketError> EnqueueEventAsync(
        PacketHeader header, ReadOnlyMemory<byte> packet, ReadOnlyMemory<byte>[] attachments)
    {
        // The reader's buffer goes back to its pool; the event keeps this copy.
        var payload = packet[header.Payload].ToArray();
        var error = EventPayload.TryRead(payload, header.Attachments, _services.Limits, out var e);
        if (error != PacketError.None)
        {
            return error;
        }

        var bytes = payload.Length;
        foreach (var attachment in attachments)
        {
            bytes += attachment.Length;
        }

        await _inbound.EnqueueAsync(
            new InboundItem(InboundKind.Event, bytes, Event: e, Attachments: attachments, AckId: header.AckId));
        return PacketError.None;
    }

    private PacketError RefuseNamespace(ReadOnlySpan<byte> name)
    {
        if (++_namespaceRefusals > MaxNamespaceRefusals)
        {
            return PacketError.BadNamespace;
        }

        _session.SendControl(FrameBatch.Text(PacketEncoder.ConnectError(name, "Invalid namespace", default)));
        return PacketError.None;
    }
}
