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
}
