using System.Net.WebSockets;

namespace Caas.SocketIO.Connections;

/// <summary>
/// The one place between a connection and the bytes that it sends on a WebSocket; direct socket sends would replace this
/// class and nothing else. One caller at a time.
/// </summary>
internal sealed class WebSocketWriter(WebSocket socket, TimeProvider time)
{
    private long _writingSince;

    /// <summary>When the frame began that has not left yet, as a timestamp; 0 when none is under way.</summary>
    public long WritingSince => Volatile.Read(ref _writingSince);

    // No token: registering one costs more than the send. A write that hangs is seen by the sweep, which cuts the
    // connection, and then the send throws.
    public async ValueTask WriteAsync(FrameBatch batch)
    {
        foreach (var frame in batch.Frames)
        {
            Volatile.Write(ref _writingSince, time.GetTimestamp());
            await socket.SendAsync(
                frame.Bytes,
                frame.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
                endOfMessage: true,
                CancellationToken.None);
        }

        Volatile.Write(ref _writingSince, 0);
    }

    public async ValueTask CloseAsync(SocketCloseReason reason)
    {
        var status = reason == SocketCloseReason.ProtocolViolated ? WebSocketCloseStatus.PolicyViolation
            : reason == SocketCloseReason.ServerStopping ? WebSocketCloseStatus.EndpointUnavailable
            : WebSocketCloseStatus.NormalClosure;
        await socket.CloseOutputAsync(status, reason.Name, CancellationToken.None);
    }
}
