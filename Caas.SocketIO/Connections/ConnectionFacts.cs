using Caas.SocketIO.Engine;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Connections;

/// <summary>What is kept of the handshake request; the request itself is gone while its session lives on.</summary>
internal sealed record ConnectionFacts(string? RemoteAddress, string? Origin, string? UserAgent, string? TraceParent)
{
    private const int MaxUserAgentLength = 256;

    // W3C Trace Context, section 3.2: "00-<32 hex>-<16 hex>-<2 hex>".
    private const int TraceParentLength = 55;

    public static ConnectionFacts Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        var agent = headers.UserAgent.ToString();
        var trace = headers.TraceParent.ToString();
        return new ConnectionFacts(
            context.Connection.RemoteIpAddress?.ToString(),
            headers.Origin.Count == 1 && !OriginPolicy.IsOwn(context.Request, headers.Origin.ToString())
                ? headers.Origin.ToString()
                : null,
            agent.Length == 0 ? null : agent[..Math.Min(agent.Length, MaxUserAgentLength)],
            trace.Length == TraceParentLength ? trace : null);
    }
}
