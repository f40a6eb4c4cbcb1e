using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A WebSocket that wants to take a polling session over (Engine.IO protocol v4, "Upgrade"):
/// <c>2probe</c>, answered <c>3probe</c> while open polls are let go with a noop, then <c>5</c>.
/// Whatever else comes costs the WebSocket, never the session.
/// </summary>
internal sealed class UpgradeProbe(IHttpRequestLifetimeFeature request, TimeProvider time)
{
    private volatile bool _answered;

    public long Since { get; } = time.GetTimestamp();

    public bool IsAnswered => _answered;

    public void Abort() => request.Abort();

    public async Task<bool> RunAsync(EngineSession session, WebSocketTransport webSocket)
    {
        if (!await ReadsAsync(webSocket.Reader, "2probe"))
        {
            return false;
        }

        // The noop mode begins before the answer leaves: a client that saw the answer must not find its poll held.
        _answered = true;
        session.Flush();
        await webSocket.Writer.WriteAsync(EnginePacket.ProbeAnswer);
        return await ReadsAsync(webSocket.Reader, "5") && session.TryUpgrade(webSocket);
    }

    private static async Task<bool> ReadsAsync(WebSocketReader reader, string expected)
    {
        var outcome = await reader.ReadAsync();
        var matches = outcome == ReadOutcome.Text && System.Text.Ascii.Equals(reader.Message.Span, expected);
        reader.Release();
        return matches;
    }
}
