using System.Net.WebSockets;
using System.Text;

namespace Caas.Tests.Support;

/// <summary>A WebSocket that speaks in whole messages; pings of the server are answered and not shown.</summary>
public sealed class SocketIOWebSocket : IDisposable
{
    private SocketIOWebSocket(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public bool AnswersPings { get; set; } = true;

    /// <summary>Speaks on a socket that somebody else has opened, and owns it.</summary>
    public static SocketIOWebSocket Of(ClientWebSocket socket) => new(socket);

    /// <summary>Opens a session and reads its open packet.</summary>
    public static async Task<SocketIOWebSocket> OpenAsync(SocketIOHost host)
    {
        var socket = await DialAsync(host, "EIO=4&transport=websocket");
        (await socket.ReadAsync()).ShouldStartWith("0{");
        return socket;
    }

    /// <summary>Opens a session and connects it to the main namespace.</summary>
    public static async Task<SocketIOWebSocket> ConnectAsync(SocketIOHost host, string auth = "")
    {
        var socket = await OpenAsync(host);
        await socket.SendAsync("40" + auth);
        (await socket.ReadAsync()).ShouldStartWith("40{\"sid\":");
        return socket;
    }

    public static async Task<SocketIOWebSocket> DialAsync(SocketIOHost host, string query, string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/socket.io/?{query}"), patience.Token);
        return new SocketIOWebSocket(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes) => SendAsync(bytes, WebSocketMessageType.Binary);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type, bool end = true)
    {
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        await Socket.SendAsync(bytes, type, end, patience.Token);
    }

    /// <summary>The next message as text; binary as <c>b</c> and hexadecimal; <c>closed</c> when there are no more.</summary>
    public async Task<string> ReadAsync()
    {
        while (true)
        {
            var message = await ReadAnyAsync();
            if (message is not "2" || !AnswersPings)
            {
                return message;
            }

            await SendAsync("3");
        }
    }

    public async Task ShouldBeClosedAsync()
    {
        while (await ReadAsync() is not "closed")
        {
        }
    }

    public void Dispose() => Socket.Dispose();

    private async Task<string> ReadAnyAsync()
    {
        using var patience = new CancellationTokenSource(SocketIOHost.Patience);
        using var message = new MemoryStream();
        var buffer = new byte[16_384];
        try
        {
            WebSocketReceiveResult part;
            do
            {
                part = await Socket.ReceiveAsync(buffer, patience.Token);
                await message.WriteAsync(buffer.AsMemory(0, part.Count), patience.Token);
            }
            while (!part.EndOfMessage);
            return part.MessageType switch
            {
                WebSocketMessageType.Close => "closed",
                WebSocketMessageType.Binary => "b" + Convert.ToHexString(message.ToArray()),
                _ => Encoding.UTF8.GetString(message.ToArray()),
            };
        }
        catch (WebSocketException)
        {
            return "closed";
        }
    }
}
