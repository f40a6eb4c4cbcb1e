using System.Buffers;
using System.Net.WebSockets;

namespace Caas.SocketIO.Engine;

/// <summary>
/// Reads whole messages. Between messages it waits with an empty buffer, so an idle socket holds none; a message then
/// grows a pooled one by what has arrived. After the upgrade Kestrel counts nothing any more, so bytes and fragments are
/// counted here (CVE-2020-36048, CVE-2026-48779).
/// </summary>
internal sealed class WebSocketReader(WebSocket socket, SocketIOOptions options)
{
    private const int FirstBufferBytes = 4_096;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>The last message; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    /// <summary>Throws what the socket throws when the transport is lost or the frames are malformed.</summary>
    public async ValueTask<ReadOutcome> ReadAsync()
    {
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        var fragments = 0;
        while (received.MessageType != WebSocketMessageType.Close && !received.EndOfMessage)
        {
            // One byte of room beyond the limit tells "exactly full" from "too large".
            if (_length > options.MaxPayloadBytes || ++fragments > options.MaxFragmentsPerMessage)
            {
                return ReadOutcome.TooLarge;
            }

            Reserve();
            received = await socket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
            _length += received.Count;
        }

        return received.MessageType switch
        {
            WebSocketMessageType.Close => ReadOutcome.PeerClosed,
            _ when _length > options.MaxPayloadBytes => ReadOutcome.TooLarge,
            WebSocketMessageType.Binary => ReadOutcome.Binary,
            _ => ReadOutcome.Text,
        };
    }

    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        _length = 0;
    }

    private void Reserve()
    {
        if (_length < _buffer.Length)
        {
            return;
        }

        var size = Math.Min(Math.Max(FirstBufferBytes, _buffer.Length * 2L), options.MaxPayloadBytes + 1L);
        var larger = ArrayPool<byte>.Shared.Rent((int)size);
        Message.CopyTo(larger);
        var length = _length;
        Release();
        _buffer = larger;
        _length = length;
    }
}
