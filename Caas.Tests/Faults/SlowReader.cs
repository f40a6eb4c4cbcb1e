using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>A connected device whose program hangs: the connection stands, and nobody reads it or answers a ping.</summary>
internal sealed class SlowReader : IAsyncDisposable
{
    private const int SmallReceiveBuffer = 16_384;

    // Set before the connection is made, it is what the kernel takes at the most while nobody reads.
    private readonly TcpClient _tcp = new() { ReceiveBufferSize = SmallReceiveBuffer, NoDelay = true };

    private readonly CancellationTokenSource _hangs = new();
    private Task _reading = Task.CompletedTask;

    private SlowReader()
    {
    }

    /// <summary>Connects, reads until the session is ready, and then no more.</summary>
    public static async Task<SlowReader> ConnectAsync(Person person)
    {
        var reader = new SlowReader();
        await reader._tcp.ConnectAsync(IPAddress.Loopback, person.Url.Port, SocketIOHost.Ct);
        await reader.WriteAsync(Encoding.ASCII.GetBytes(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        await reader.WriteAsync(Frame("40" + JsonSerializer.Serialize(new { token = person.Token })));
        await reader.ReadUntilAsync("session.ready");
        return reader;
    }

    /// <summary>Reads whatever comes, until <see cref="HangAsync"/>.</summary>
    public void Read() => _reading = ReadOnAsync();

    /// <summary>Reads no more.</summary>
    public async Task HangAsync()
    {
        await _hangs.CancelAsync();
        await _reading;
    }

    /// <summary>Reads again, until this text or the end; gives everything.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        var all = new StringBuilder();
        var buffer = new byte[65_536];
        try
        {
            for (var searched = 0; ;)
            {
                var read = await _tcp.GetStream().ReadAsync(buffer, patience.Token);
                all.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (read == 0 || all.ToString(searched, all.Length - searched).Contains(text, StringComparison.Ordinal))
                {
                    return all.ToString();
                }

                searched = Math.Max(0, all.Length - text.Length);
            }
        }
        catch (IOException)
        {
            // A reset is an end, too.
            return all.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await HangAsync();
        _hangs.Dispose();
        _tcp.Dispose();
    }

    private async Task ReadOnAsync()
    {
        var buffer = new byte[65_536];
        try
        {
            while (await _tcp.GetStream().ReadAsync(buffer, _hangs.Token) > 0)
            {
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
        }
    }

    private Task WriteAsync(byte[] bytes) => _tcp.GetStream().WriteAsync(bytes, SocketIOHost.Ct).AsTask();

    // A masked text frame with a length of two bytes and a mask of zeros (RFC 6455, section 5.2).
    private static byte[] Frame(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return [0x81, 0x80 | 126, (byte)(bytes.Length >> 8), (byte)bytes.Length, 0, 0, 0, 0, .. bytes];
    }
}
