using System.Buffers.Binary;
using System.Text;

namespace Caas.Bench.Drivers;

/// <summary>
/// The least of a Socket.IO client over a WebSocket of its own: opens, connects with a token, sends packets made
/// beforehand, gives packets one by one, answers pings. Understands unfragmented, uncompressed text, as servers send it.
/// One reader at a time, and one writer.
/// </summary>
internal sealed class SocketWire : IDisposable
{
    private const int BufferBytes = 2 * 1024;
    private const byte FinalText = 0x81;
    private const byte Masked = 0x80;
    private const int Length16 = 126;

    private static readonly byte[] Pong = Frame("3");

    private readonly Tcp _tcp;

    // What the server said of the session last: why it closes a socket.
    private string _last = "nothing of the session";

    private SocketWire(Tcp tcp) => _tcp = tcp;

    /// <summary>Opens, and waits until the server says <c>session.ready</c>.</summary>
    public static async Task<SocketWire> ConnectAsync(Uri url, string token, CancellationToken cancellationToken)
    {
        var wire = new SocketWire(await Tcp.ConnectAsync(url, BufferBytes, cancellationToken));
        try
        {
            await wire.UpgradeAsync(url, cancellationToken);
            await wire.ReadUntilAsync("0{", cancellationToken);
            await wire.SendAsync(Frame($$"""40{"token":"{{token}}"}"""), cancellationToken);
            await wire.ReadUntilAsync("40", cancellationToken);
            await wire.ReadUntilAsync("42[\"session.ready\"", cancellationToken);
            return wire;
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>A packet as the frame that carries it.</summary>
    /// <remarks>The mask is zero, which leaves the payload readable and costs neither side less to unmask.</remarks>
    public static byte[] Frame(string packet)
    {
        var payload = Encoding.UTF8.GetBytes(packet);
        byte[] head = payload.Length < Length16
            ? [FinalText, (byte)(Masked | payload.Length)]
            : [FinalText, Masked | Length16, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [.. head, 0, 0, 0, 0, .. payload];
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _tcp.SendAsync(frame, cancellationToken);

    /// <summary>The next packet that is no ping, valid until the next call; an exception where the server has closed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var packet = await ReadFrameAsync(cancellationToken);
            if (packet.Length != 1 || packet.Span[0] != (byte)'2')
            {
                return packet;
            }

            await SendAsync(Pong, cancellationToken);
        }
    }

    public void Dispose() => _tcp.Dispose();

    private async Task UpgradeAsync(Uri url, CancellationToken cancellationToken)
    {
        await SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            cancellationToken);
        int head;
        while ((head = _tcp.Received.Span.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await _tcp.ReceiveAsync(cancellationToken);
        }

        if (!_tcp.Received.Span.StartsWith("HTTP/1.1 101"u8))
        {
            throw new BenchException($"No upgrade: {Encoding.UTF8.GetString(_tcp.Received.Span)}");
        }

        _tcp.Take(head + 4);
    }

    private async Task ReadUntilAsync(string start, CancellationToken cancellationToken)
    {
        var wanted = Encoding.ASCII.GetBytes(start);
        ReadOnlyMemory<byte> packet;
        while (!(packet = await ReadAsync(cancellationToken)).Span.StartsWith(wanted))
        {
            if (packet.Span.StartsWith("44"u8))
            {
                throw new BenchException($"Refused: {Encoding.UTF8.GetString(packet.Span)}");
            }
        }
    }

    // RFC 6455 section 5.2, from a server: 0x81, a length of 7 bits, or 126 and 16 bits, or 127 and 64 bits; no mask.
    private async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(CancellationToken cancellationToken)
    {
        int head;
        long length;
        while (!TryReadHead(_tcp.Received.Span, out head, out length) || _tcp.Received.Length < head + length)
        {
            await _tcp.ReceiveAsync(cancellationToken);
        }

        var packet = _tcp.Received.Slice(head, (int)length);
        var kind = _tcp.Received.Span[0];
        _tcp.Take(head + (int)length);
        if (kind != FinalText)
        {
            throw new BenchException($"A frame of kind {kind:x2} came instead of text; before it: {_last}");
        }

        if (packet.Span.StartsWith("42[\"session."u8))
        {
            _last = Encoding.UTF8.GetString(packet.Span);
        }

        return packet;
    }

    private static bool TryReadHead(ReadOnlySpan<byte> received, out int head, out long length)
    {
        (head, length) = (2, 0);
        if (received.Length < head)
        {
            return false;
        }

        length = received[1];
        head += length switch { < Length16 => 0, Length16 => 2, _ => 8 };
        if (received.Length < head)
        {
            return false;
        }

        length = length switch
        {
            < Length16 => length,
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(received[2..]),
            _ => BinaryPrimitives.ReadInt64BigEndian(received[2..]),
        };
        return true;
    }
}
