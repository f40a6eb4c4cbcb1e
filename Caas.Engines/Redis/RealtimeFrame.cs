using System.Buffers.Binary;
using System.Text;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Engines.Redis;

/// <summary>
/// What travels on a shard's channel. Numbers are big endian, texts are ASCII behind one byte for their length.
/// <code>
/// head     1 byte kind: 1 signal, 2 beat; 8 bytes number, at least 1. The script that publishes puts it there.
/// signal   1 byte what follows: 1 conversation, 2 user, 4 version, 8 trace; no other bit
///          16 bytes client
///          16 bytes conversation    where 1
///          text user                where 2
///          8 bytes version          where 4
///          text trace parent        where 8
///          text type
///          the rest: the body
/// beat     nothing more; its number is that of the last signal
/// </code>
/// For example <c>01 0006445b8d5bb9c1 04 ..16.. 0000000000000007 0c 6d657373616765... 7b7d</c>.
/// </summary>
internal static class RealtimeFrame
{
    private const byte SignalKind = 1;
    private const byte BeatKind = 2;
    private const byte HasConversation = 1;
    private const byte HasUser = 2;
    private const byte HasVersion = 4;
    private const byte HasTrace = 8;
    private const int GuidBytes = 16;
    private const int NumberBytes = 8;

    /// <summary>A signal's frame, without its head.</summary>
    /// <exception cref="ArgumentException">The type is not 1 to 255 characters of ASCII.</exception>
    public static byte[] Write(RealtimeSignal signal)
    {
        if (signal.Type is not { Length: >= 1 and <= byte.MaxValue } || !Ascii.IsValid(signal.Type))
        {
            throw new ArgumentException("The type is not 1 to 255 characters of ASCII.", nameof(signal));
        }

        // A trace that no standard knows is not worth a message.
        var trace = signal.TraceParent is { Length: <= byte.MaxValue } text && Ascii.IsValid(text) ? text : null;
        var frame = new byte[Length(signal, trace)];
        var writer = new FrameWriter(frame);
        writer.Put(Flags(signal, trace));
        writer.Put(signal.ClientId.Value);
        if (signal.ConversationId is { } conversation)
        {
            writer.Put(conversation.Value);
        }

        writer.PutText(signal.UserId?.Value);
        if (signal.Version is { } version)
        {
            writer.Put(version);
        }

        writer.PutText(trace);
        writer.PutText(signal.Type);
        writer.Put(signal.Body.Span);
        return frame;
    }

    /// <summary>Reads a whole frame; false for what is none. The signal's body is a part of these bytes.</summary>
    /// <param name="bytes">From outside.</param>
    /// <param name="number">The frame's number.</param>
    /// <param name="signal">The signal; null for a beat.</param>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out long number, out RealtimeSignal? signal)
    {
        var reader = new FrameReader(bytes);
        signal = null;
        if (!reader.TryTakeByte(out var kind) | !reader.TryTakeNumber(out number) || number < 1)
        {
            return false;
        }

        return kind switch
        {
            BeatKind => reader.IsAtEnd,
            SignalKind => TryReadSignal(ref reader, out signal),
            _ => false,
        };
    }

    private static bool TryReadSignal(ref FrameReader reader, out RealtimeSignal? signal)
    {
        signal = null;
        if (!reader.TryTakeByte(out var flags) || flags >= 2 * HasTrace || !reader.TryTakeGuid(out var client))
        {
            return false;
        }

        var conversation = Guid.Empty;
        UserId user = default;
        var version = 0L;
        string? trace = null;
        if ((Has(flags, HasConversation) && !reader.TryTakeGuid(out conversation))
            || (Has(flags, HasUser) && !(reader.TryTakeText(out var name) && UserId.TryParse(name, out user)))
            || (Has(flags, HasVersion) && !reader.TryTakeNumber(out version))
            || (Has(flags, HasTrace) && !reader.TryTakeText(out trace))
            || !reader.TryTakeText(out var type))
        {
            return false;
        }

        signal = new RealtimeSignal(
            new ClientId(client),
            Has(flags, HasConversation) ? new ConversationId(conversation) : null,
            Has(flags, HasUser) ? user : null,
            Has(flags, HasVersion) ? version : null,
            type,
            reader.Rest,
            trace);
        return true;
    }

    private static bool Has(byte flags, byte flag) => (flags & flag) != 0;

    private static byte Flags(RealtimeSignal signal, string? trace) => (byte)(
        (signal.ConversationId is null ? 0 : HasConversation)
        | (signal.UserId is null ? 0 : HasUser)
        | (signal.Version is null ? 0 : HasVersion)
        | (trace is null ? 0 : HasTrace));

    private static int Length(RealtimeSignal signal, string? trace) =>
        1 + GuidBytes
        + (signal.ConversationId is null ? 0 : GuidBytes)
        + (signal.UserId is { } user ? 1 + user.Value.Length : 0)
        + (signal.Version is null ? 0 : NumberBytes)
        + (trace is null ? 0 : 1 + trace.Length)
        + 1 + signal.Type.Length
        + signal.Body.Length;

    private ref struct FrameWriter(Span<byte> free)
    {
        private Span<byte> _free = free;

        public void Put(byte value)
        {
            _free[0] = value;
            _free = _free[1..];
        }

        public void Put(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(_free, value);
            _free = _free[NumberBytes..];
        }

        public void Put(Guid value)
        {
            value.TryWriteBytes(_free, bigEndian: true, out _);
            _free = _free[GuidBytes..];
        }

        public void Put(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_free);
            _free = _free[bytes.Length..];
        }

        public void PutText(string? text)
        {
            if (text is not null)
            {
                Put((byte)text.Length);
                _free = _free[Encoding.ASCII.GetBytes(text, _free)..];
            }
        }
    }
}
