using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Unicode;

namespace Caas.SocketIO.WebSockets;

/// <summary>
/// Reads whole messages out of a client's frames (RFC 6455, sections 5 and 7). Between messages it holds no buffer; a
/// message then grows a pooled one by what has arrived, never by what was declared. After the upgrade Kestrel counts
/// nothing any more, so bytes and fragments are counted here (CVE-2020-36048, CVE-2026-48779). One caller at a time.
/// </summary>
/// <remarks>
/// Call <see cref="WaitAsync"/> and <see cref="Take"/> in turns. They are two so that an idle socket waits in its caller
/// alone: a method of its own around them would hold a state machine for each.
/// </remarks>
internal sealed class WebSocketReader(PipeReader input, SocketIOOptions options)
{
    private const int FirstBufferBytes = 256;

    private byte[] _buffer = [];
    private int _length;

    // The message under way, Continuation when there is none, and the reads and frames that it took.
    private WebSocketOpcode _message;
    private int _fragments;

    // The frame whose payload is under way.
    private bool _isInFrame;
    private bool _isFinal;
    private int _remaining;
    private uint _mask;

    /// <summary>The last message, or the payload of the last ping; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>What to tell the peer after <see cref="ReadOutcome.Violated"/>; null before.</summary>
    public WebSocketStatus? Violation { get; private set; }

    /// <summary>Waits for bytes. Throws what the connection throws when it is lost.</summary>
    public ValueTask<ReadResult> WaitAsync() => input.ReadAsync(CancellationToken.None);

    /// <summary>
    /// Takes what is next out of the bytes. What follows it stays with the connection, which then does not let
    /// <see cref="WaitAsync"/> wait.
    /// </summary>
    public ReadOutcome Take(ReadResult arrived)
    {
        var bytes = arrived.Buffer;
        var outcome = bytes.IsEmpty ? ReadOutcome.Incomplete : Parse(ref bytes);

        // Only what is not a whole frame's header, or control frame, is left lying until more comes.
        input.AdvanceTo(bytes.Start, outcome == ReadOutcome.Incomplete ? bytes.End : bytes.Start);
        return outcome == ReadOutcome.Incomplete && arrived.IsCompleted ? ReadOutcome.PeerLost : outcome;
    }

    /// <summary>Gives the message's buffer back. What has arrived of the next message stays.</summary>
    public void Release()
    {
        Message = default;
        if (_message == WebSocketOpcode.Continuation)
        {
            ReturnBuffer();
        }
    }

    /// <summary>For the end: gives back whatever is held.</summary>
    public void Dispose()
    {
        Message = default;
        _message = WebSocketOpcode.Continuation;
        ReturnBuffer();
    }

    private ReadOutcome Parse(ref ReadOnlySequence<byte> bytes)
    {
        // A read that goes on with a message counts as a fragment of it.
        if (_isInFrame && ++_fragments > options.MaxFragmentsPerMessage)
        {
            return Violate(WebSocketStatus.PolicyViolated);
        }

        while (true)
        {
            var outcome = _isInFrame ? ReadPayload(ref bytes) : ReadFrame(ref bytes);
            if (outcome is { } known)
            {
                return known;
            }
        }
    }

    // Null: there may be more to read.
    private ReadOutcome? ReadFrame(ref ReadOnlySequence<byte> bytes)
    {
        var rest = bytes;
        if (!WebSocketFrameHeader.TryRead(ref rest, out var header))
        {
            return ReadOutcome.Incomplete;
        }

        if (header.HasReservedBits || header.Mask is not { } mask || header.Length < 0)
        {
            return Violate(WebSocketStatus.ProtocolError);
        }

        if (header.IsControl)
        {
            return ReadControl(header, mask, rest, ref bytes);
        }

        bytes = rest;
        return BeginFrame(header, mask);
    }

    private ReadOutcome? BeginFrame(WebSocketFrameHeader header, uint mask)
    {
        var continues = header.Opcode == WebSocketOpcode.Continuation;
        if (header.Opcode > WebSocketOpcode.Binary || continues != (_message != WebSocketOpcode.Continuation))
        {
            return Violate(WebSocketStatus.ProtocolError);
        }

        if (header.Length > options.MaxPayloadBytes - _length)
        {
            return Violate(WebSocketStatus.TooLarge);
        }

        _fragments = continues ? _fragments + 1 : 1;
        if (_fragments > options.MaxFragmentsPerMessage)
        {
            return Violate(WebSocketStatus.PolicyViolated);
        }

        _message = continues ? _message : header.Opcode;
        (_isInFrame, _isFinal, _remaining, _mask) = (true, header.IsFinal, (int)header.Length, mask);
        return null;
    }

    private ReadOutcome? ReadPayload(ref ReadOnlySequence<byte> bytes)
    {
        var count = (int)Math.Min(bytes.Length, _remaining);
        Reserve(count);
        _mask = WebSocketMask.Remove(bytes.Slice(0, count), _buffer.AsSpan(_length), _mask);
        bytes = bytes.Slice(count);
        _length += count;
        _remaining -= count;
        if (_remaining > 0)
        {
            return ReadOutcome.Incomplete;
        }

        _isInFrame = false;
        return _isFinal ? EndMessage() : null;
    }

    private ReadOutcome EndMessage()
    {
        var isText = _message == WebSocketOpcode.Text;
        _message = WebSocketOpcode.Continuation;
        Message = _buffer.AsMemory(0, _length);
        if (isText && !Utf8.IsValid(Message.Span))
        {
            return Violate(WebSocketStatus.InvalidText);
        }

        return isText ? ReadOutcome.Text : ReadOutcome.Binary;
    }

    private ReadOutcome? ReadControl(
        WebSocketFrameHeader header, uint mask, ReadOnlySequence<byte> rest, ref ReadOnlySequence<byte> bytes)
    {
        if (!header.IsFinal || header.Length > WebSocketFrameHeader.MostControlBytes || header.Opcode > WebSocketOpcode.Pong)
        {
            return Violate(WebSocketStatus.ProtocolError);
        }

        if (rest.Length < header.Length)
        {
            return ReadOutcome.Incomplete;
        }

        bytes = rest.Slice(header.Length);
        if (header.Opcode == WebSocketOpcode.Pong)
        {
            // Nobody asked for it, which section 5.5.3 allows.
            return null;
        }

        var payload = new byte[header.Length];
        WebSocketMask.Remove(rest.Slice(0, header.Length), payload, mask);
        if (header.Opcode == WebSocketOpcode.Ping)
        {
            Message = payload;
            return ReadOutcome.Ping;
        }

        return JudgeClose(payload);
    }

    private ReadOutcome JudgeClose(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 1 || (payload.Length > 1 && !MaySend(BinaryPrimitives.ReadUInt16BigEndian(payload))))
        {
            return Violate(WebSocketStatus.ProtocolError);
        }

        return payload.Length > 2 && !Utf8.IsValid(payload[2..])
            ? Violate(WebSocketStatus.InvalidText)
            : ReadOutcome.PeerClosed;
    }

    // RFC 6455, section 7.4.2, and what IANA has registered since; 1004 to 1006 and 1015 are never on the wire.
    private static bool MaySend(ushort status) => status
        is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private ReadOutcome Violate(WebSocketStatus status)
    {
        Violation = status;
        return ReadOutcome.Violated;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        _length = 0;
    }

    private void Reserve(int more)
    {
        var needed = _length + more;
        if (needed <= _buffer.Length)
        {
            return;
        }

        var doubled = (int)Math.Min(_buffer.Length * 2L, options.MaxPayloadBytes);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(doubled, FirstBufferBytes)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        var length = _length;
        ReturnBuffer();
        (_buffer, _length) = (larger, length);
    }
}
