using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Caas.Tests.Support;

/// <summary>A TCP connection that sends whatever bytes a test wants, and reads when the test wants.</summary>
public sealed class SocketIORawSocket : IDisposable
{
    private readonly TcpClient _client = new();

    private SocketIORawSocket(int? receiveBuffer)
    {
        // Set before the connection is made, it is what the kernel takes at the most while nobody reads.
        if (receiveBuffer is { } bytes)
        {
            _client.ReceiveBufferSize = bytes;
        }
    }

    public NetworkStream Stream => _client.GetStream();

    /// <summary>Asks for a WebSocket.</summary>
    public static Task<SocketIORawSocket> OpenAsync(SocketIOHost host, string extraHeaders = "", int? receiveBuffer = null) =>
        GetAsync(
            host,
            "?EIO=4&transport=websocket",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + extraHeaders,
            receiveBuffer);

    /// <summary>Sends a GET and does not read the answer.</summary>
    public static async Task<SocketIORawSocket> GetAsync(
        SocketIOHost host, string query, string headers = "", int? receiveBuffer = null)
    {
        var raw = new SocketIORawSocket(receiveBuffer);
        await raw._client.ConnectAsync("127.0.0.1", host.Address.Port, SocketIOHost.Ct);
        await raw.WriteAsync(Encoding.ASCII.GetBytes($"GET /socket.io/{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"));
        return raw;
    }

    public Task WriteAsync(byte[] bytes) => Stream.WriteAsync(bytes, SocketIOHost.Ct).AsTask();

    /// <summary>A masked client frame (RFC 6455, section 5.2) with a mask of zeros; at most 125 bytes.</summary>
    public static byte[] Frame(byte firstByte, string payload = "")
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return [firstByte, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes];
    }

    /// <summary>The answer's status line and headers.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await ReadAsync(1))[0]);
        }

        return head.ToString();
    }

    /// <summary>The payload of the next frame with this first byte, and with this text; others are passed over.</summary>
    public async Task<byte[]> ReadFrameAsync(byte firstByte, Func<string, bool>? isIt = null)
    {
        while (true)
        {
            var head = await ReadAsync(2);
            ((int)head[1]).ShouldBeLessThan(0x80, "A server masks nothing.");
            var length = head[1] switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
                127 => (int)BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8)),
                var few => few,
            };
            var payload = await ReadAsync(length);
            if (head[0] == firstByte && isIt?.Invoke(Encoding.UTF8.GetString(payload)) is not false)
            {
                return payload;
            }
        }
    }

    /// <summary>The status of the close frame that comes at last.</summary>
    public async Task<int> ReadCloseAsync() =>
        BinaryPrimitives.ReadUInt16BigEndian(await ReadFrameAsync(0x88));

    /// <summary>Everything that the server still sends, until it closes or resets.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        using var all = new MemoryStream();
        try
        {
            await Stream.CopyToAsync(all, patience.Token);
        }
        catch (IOException)
        {
            // A reset is a way to close, too.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }
}
