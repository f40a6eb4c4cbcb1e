using System.Net.WebSockets;
using System.Text;

namespace Caas.Standalone.Smoke;

/// <summary>Packets of Engine.IO 4 over a WebSocket, one a message. One reader at a time; any number of writers.</summary>
internal sealed class SmokeWire : IDisposable
{
    private const int LongestPacket = 1024 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _buffer = new byte[LongestPacket];

    public Task ConnectAsync(SmokeHttp http, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(new Uri(http.Url, "socket.io/?EIO=4&transport=websocket"))
        {
            Scheme = http.Url.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        };
        return _socket.ConnectAsync(address.Uri, http.Invoker, cancellationToken);
    }

    /// <summary>The next packet; null where the peer has closed, or sent what is no text.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < _buffer.Length)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType != WebSocketMessageType.Text)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }

        throw new SmokeFailureException("a packet of at most a megabyte", "a longer one");
    }

    public async Task WriteAsync(string packet, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var bytes = Encoding.UTF8.GetBytes(packet);
            await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _writing.Dispose();
    }
}
