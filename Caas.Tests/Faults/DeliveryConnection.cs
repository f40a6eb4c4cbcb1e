using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// A Socket.IO connection that reads when it is asked to, comes over WebSocket at once or over polling and its upgrade,
/// and can break as networks do: with a reset, or without a word.
/// </summary>
internal sealed class DeliveryConnection : IDisposable
{
    private const char Separator = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _early = [];
    private readonly HttpMessageInvoker _invoker;
    private Socket? _tcp;

    private DeliveryConnection() => _invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ConnectCallback = DialAsync });

    public static async Task<DeliveryConnection> OpenAsync(Uri url, string token, bool overPolling, CancellationToken cancellationToken)
    {
        var connection = new DeliveryConnection();
        try
        {
            await (overPolling
                ? connection.UpgradeAsync(url, token, cancellationToken)
                : connection.ConnectAsync(url, token, cancellationToken));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The next event; null when the connection is over.</summary>
    public async Task<SocketEvent?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var packet = _early.TryDequeue(out var early) ? early : await ReadAsync(cancellationToken);
            switch (packet)
            {
                case null or "1" or "41":
                    return null;
                case "2":
                    await WriteAsync("3", cancellationToken);
                    break;
                case { } text when text.StartsWith("42", StringComparison.Ordinal):
                    var json = JsonElement.Parse(text.AsSpan(2));
                    return new SocketEvent(json[0].GetString()!, json.GetArrayLength() > 1 ? json[1] : default);
                default:
                    break;
            }
        }
    }

    /// <summary>Breaks it, with a reset or with whatever the kernel says of a socket that is gone.</summary>
    public void Break(bool reset)
    {
        try
        {
            if (reset)
            {
                _tcp?.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (ObjectDisposedException)
        {
            // It broke by itself.
        }

        _socket.Abort();
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
        _invoker.Dispose();
    }

    private async Task ConnectAsync(Uri url, string token, CancellationToken cancellationToken)
    {
        await DialAsync(url, "EIO=4&transport=websocket", cancellationToken);
        (await ReadAsync(cancellationToken)).ShouldNotBeNull().ShouldStartWith("0{");
        await WriteAsync(Connect(token), cancellationToken);
    }

    // https://github.com/socketio/engine.io-protocol#upgrade
    private async Task UpgradeAsync(Uri url, string token, CancellationToken cancellationToken)
    {
        var open = await RequestAsync(HttpMethod.Get, new Uri(url, "/socket.io/?EIO=4&transport=polling"), body: null, cancellationToken);
        var sid = JsonElement.Parse(open.AsSpan(1)).GetProperty("sid").GetString();
        var polling = new Uri(url, $"/socket.io/?EIO=4&transport=polling&sid={sid}");
        await RequestAsync(HttpMethod.Post, polling, Connect(token), cancellationToken);
        foreach (var packet in (await RequestAsync(HttpMethod.Get, polling, body: null, cancellationToken)).Split(Separator))
        {
            _early.Enqueue(packet);
        }

        await DialAsync(url, $"EIO=4&transport=websocket&sid={sid}", cancellationToken);
        await WriteAsync("2probe", cancellationToken);
        (await ReadAsync(cancellationToken)).ShouldBe("3probe");
        await WriteAsync("5", cancellationToken);
    }

    private static string Connect(string token) => "40" + JsonSerializer.Serialize(new { token });

    private async Task<string> RequestAsync(HttpMethod method, Uri url, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "text/plain");
        using var response = await _invoker.SendAsync(request, cancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private Task DialAsync(Uri url, string query, CancellationToken cancellationToken) =>
        _socket.ConnectAsync(new Uri($"ws://{url.Authority}/socket.io/?{query}"), _invoker, cancellationToken);

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        _tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _tcp.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(_tcp, ownsSocket: true);
    }

    private Task WriteAsync(string packet, CancellationToken cancellationToken) => _socket
        .SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private Task<string?> ReadAsync(CancellationToken cancellationToken) => _socket.ReadTextAsync(cancellationToken);
}
