using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Caas.SocketIO.WebSockets;

/// <summary>
/// The server's side of the opening handshake: RFC 6455, section 4.2, over HTTP/1.1 and RFC 8441 over HTTP/2. Neither
/// subprotocols nor extensions are agreed on: compression costs memory for every socket and cannot be shared by a
/// broadcast.
/// </summary>
internal static class WebSocketHandshake
{
    private const string Protocol = "websocket";
    private const string Version = "13";
    private const int KeyBytes = 16;

    // RFC 6455, section 1.3.
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether the request asks for a WebSocket and may have it.</summary>
    public static bool IsAskedFor(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.SecWebSocketVersion.ToString() is not Version)
        {
            return false;
        }

        return context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
            ? string.Equals(connect.Protocol, Protocol, StringComparison.OrdinalIgnoreCase)
            : HttpMethods.IsGet(context.Request.Method)
                && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
                && Names(headers.Upgrade, Protocol)
                && IsKey(headers.SecWebSocketKey.ToString());
    }

    /// <summary>Beside a refusal: which version is spoken here (RFC 6455, section 4.4).</summary>
    public static void NameVersion(HttpResponse refusal) => refusal.Headers.SecWebSocketVersion = Version;

    /// <summary>Answers with the agreement. What is then read and written is the connection's own.</summary>
    /// <remarks>
    /// Over HTTP/1.1 it is the very pipe of the connection: the stream that an upgrade gives stands on it with layers between,
    /// two of which wait with a state machine of their own as long as the socket is idle. Whoever gets it must have finished
    /// reading and writing before the request ends.
    /// </remarks>
    public static async ValueTask<IDuplexPipe> AcceptAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return new WebSocketStreamPipe(await connect.AcceptAsync());
        }

        var headers = context.Response.Headers;
        headers.Upgrade = Protocol;
        headers.SecWebSocketAccept = Agreement(context.Request.Headers.SecWebSocketKey.ToString());
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return context.Features.Get<IConnectionTransportFeature>()?.Transport ?? new WebSocketStreamPipe(stream);
    }

    // A list of tokens, in any number of headers and any case.
    private static bool Names(StringValues values, string token)
    {
        foreach (var value in values)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        return Convert.TryFromBase64String(key, bytes, out var written) && written == KeyBytes;
    }

#pragma warning disable CA5350 // What RFC 6455 prescribes; it proves that the server speaks WebSocket and protects nothing.
    private static string Agreement(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
}
