using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Caas.SocketIO.Connections;

namespace Caas.SocketIO.WebSockets;

/// <summary>
/// Writes a server's frames (RFC 6455, section 5): whole messages, not masked. The one place between a session and the
/// bytes that leave. One caller at a time.
/// </summary>
internal sealed class WebSocketWriter(PipeWriter output, TimeProvider time)
{
    // A large frame leaves in such parts, so that a peer who does not read holds no copy of all of it; and so much may
    // gather before it is sent.
    private const int PartBytes = 16 * 1024;

    // RFC 6455, section 5.5: a control frame, less the two bytes of the status.
    private const int MostReasonBytes = WebSocketFrameHeader.MostControlBytes - 2;

    private long _writingSince;
    private int _gathered;

    /// <summary>When the write began that has not left yet, as a timestamp; 0 when none is under way.</summary>
    public long WritingSince => Volatile.Read(ref _writingSince);

    /// <summary>
    /// Adds the frames to what leaves with the next <see cref="FlushAsync"/>, and waits where that is much. Throws what the
    /// connection throws when it is lost.
    /// </summary>
    public ValueTask WriteAsync(FrameBatch batch)
    {
        for (var i = 0; i < batch.Frames.Length; i++)
        {
            var frame = batch.Frames[i];
            if (frame.Bytes.Length > PartBytes)
            {
                return WriteLargeAsync(batch, i);
            }

            Add(OpcodeOf(frame), frame.Bytes.Span);
        }

        return _gathered < PartBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    /// <summary>Adds the answer to a ping, which carries the same.</summary>
    public void Pong(ReadOnlySpan<byte> payload) => Add(WebSocketOpcode.Pong, payload);

    /// <summary>Sends the close frame; nothing may be written after it.</summary>
    public ValueTask CloseAsync(WebSocketStatus status, string reason)
    {
        Span<byte> payload = stackalloc byte[WebSocketFrameHeader.MostControlBytes];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        var length = Encoding.ASCII.GetBytes(reason.AsSpan(0, Math.Min(reason.Length, MostReasonBytes)), payload[2..]);
        Add(WebSocketOpcode.Close, payload[..(2 + length)]);
        return FlushAsync();
    }

    /// <summary>Sends what was written. Throws what the connection throws when it is lost.</summary>
    public ValueTask FlushAsync()
    {
        if (_gathered == 0)
        {
            return ValueTask.CompletedTask;
        }

        Volatile.Write(ref _writingSince, time.GetTimestamp());
        var sending = SendAsync();
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending);
        }

        Volatile.Write(ref _writingSince, 0);
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(ValueTask sending)
    {
        await sending;
        Volatile.Write(ref _writingSince, 0);
    }

    private async ValueTask WriteLargeAsync(FrameBatch batch, int first)
    {
        // What the whole batch takes is one write: a peer must not win time by taking it in small parts.
        Volatile.Write(ref _writingSince, time.GetTimestamp());
        for (var i = first; i < batch.Frames.Length; i++)
        {
            var rest = batch.Frames[i].Bytes;
            AddHeader(OpcodeOf(batch.Frames[i]), rest.Length);
            while (!rest.IsEmpty)
            {
                var part = rest[..Math.Min(rest.Length, PartBytes)];
                AddPayload(part.Span);
                rest = rest[part.Length..];
                if (_gathered >= PartBytes)
                {
                    await SendAsync();
                }
            }
        }

        await SendAsync();
        Volatile.Write(ref _writingSince, 0);
    }

    // No token: registering one costs more than the send. A write that hangs is seen by the sweep, which cuts the
    // connection, and then the flush ends.
    private async ValueTask SendAsync()
    {
        _gathered = 0;
        var flushed = await output.FlushAsync(CancellationToken.None);
        if (flushed.IsCompleted)
        {
            throw new IOException("The connection is gone.");
        }
    }

    private static WebSocketOpcode OpcodeOf(OutboundFrame frame) => frame.IsBinary ? WebSocketOpcode.Binary : WebSocketOpcode.Text;

    private void Add(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        AddHeader(opcode, payload.Length);
        AddPayload(payload);
    }

    private void AddHeader(WebSocketOpcode opcode, int length)
    {
        var size = WebSocketFrameHeader.Write(output.GetSpan(WebSocketFrameHeader.MostBytes), opcode, length);
        output.Advance(size);
        _gathered += size;
    }

    private void AddPayload(ReadOnlySpan<byte> payload)
    {
        output.Write(payload);
        _gathered += payload.Length;
    }
}
