using Caas.SocketIO.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A WebSocket that wants to take a polling session over (Engine.IO protocol v4, "Upgrade"):
/// <c>2probe</c>, answered <c>3probe</c> while open polls are let go with a noop, then <c>5</c>.
/// Whatever else comes costs the WebSocket, never the session.
/// </summary>
internal sealed class UpgradeProbe(IHttpRequestLifetimeFeature request, TimeProvider time)
{
    private const int Waiting = 0;
    private const int Answered = 1;
    private const int Refused = 2;

    private int _state;

    public long Since { get; } = time.GetTimestamp();

    public bool IsAnswered => Volatile.Read(ref _state) == Answered;

    public void Abort() => request.Abort();

    /// <summary>
    /// For a session that begins to close: drops the probe, unless the client may have seen the answer. Then it has
    /// paused its polling and finds the last words only where it goes next, on the WebSocket.
    /// </summary>
    public void Refuse()
    {
        if (Interlocked.CompareExchange(ref _state, Refused, Waiting) == Waiting)
        {
            Abort();
        }
    }

    public async Task<bool> RunAsync(EngineSession session, WebSocketTransport webSocket)
    {
        // The noop mode begins before the answer leaves: a client that saw the answer must not find its poll held.
        if (!await ReadsAsync(webSocket, "2probe")
            || Interlocked.CompareExchange(ref _state, Answered, Waiting) != Waiting)
        {
            return false;
        }

        session.Flush();
        await webSocket.Writer.WriteAsync(EnginePacket.ProbeAnswer);
        await webSocket.Writer.FlushAsync();
        return await ReadsAsync(webSocket, "5") && session.TryUpgrade(webSocket);
    }

    private static async Task<bool> ReadsAsync(WebSocketTransport webSocket, string expected)
    {
        var reader = webSocket.Reader;
        ReadOutcome outcome;
        do
        {
            outcome = reader.Take(await reader.WaitAsync());
            if (outcome == ReadOutcome.Ping)
            {
                webSocket.Writer.Pong(reader.Message.Span);
                await webSocket.Writer.FlushAsync();
                reader.Release();
            }
        }
        while (outcome is ReadOutcome.Incomplete or ReadOutcome.Ping);

        var matches = outcome == ReadOutcome.Text && System.Text.Ascii.Equals(reader.Message.Span, expected);
        reader.Release();
        return matches;
    }
}
