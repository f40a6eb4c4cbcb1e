using System.Net.WebSockets;
using Caas.SocketIO.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A session on a WebSocket. Reading is one loop, the request itself. Writing has no task of its own: whoever queues
/// drains the queue in one go, unless somebody is at it already, and goes on in the background when the socket does not
/// take the bytes at once. So an idle socket has no pump and a slow one holds up nobody.
/// </summary>
internal sealed class WebSocketTransport(
    EngineSession session, WebSocket socket, IHttpRequestLifetimeFeature request, SocketServices services)
    : IEngineTransport
{
    // After so many batches a drain gives its thread back: it belongs to someone who had a single event to queue.
    private const int MaxBatchesInOneGo = 64;

    private int _draining;
    private volatile Task _drain = Task.CompletedTask;
    private volatile bool _isOver;

    public string Name => "websocket";

    public long WritingSince => Writer.WritingSince;

    public WebSocketReader Reader { get; } = new(socket, services.Options);

    public WebSocketWriter Writer { get; } = new(socket, services.Time);

    public void Flush()
    {
        if (Interlocked.CompareExchange(ref _draining, 1, 0) == 0)
        {
            _drain = DrainAsync();
        }
    }

    // The request is this connection's last one, so cutting it can hit no other. Once reading is over the request ends
    // by itself, and cutting it would take the close frame along.
    public void Abort()
    {
        if (!_isOver || WritingSince != 0)
        {
            request.Abort();
        }
    }

    /// <summary>Reads until either side is done, then ends the session.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var outcome = await ReceiveOneAsync();
                if (outcome == ReceiveOutcome.PeerClosed)
                {
                    await session.SettleAsync();
                    session.Close(SocketCloseReason.ClientClosed);
                    await _drain;
                    return;
                }

                if (outcome == ReceiveOutcome.Violated)
                {
                    session.Fail();
                    await _drain;
                    return;
                }
            }
        }
        catch (Exception failure) when (IsLost(failure))
        {
            // Also frames that are no WebSocket frames, RSV bits among them (CVE-2022-21676): theirs is the only loss.
        }
        finally
        {
            Reader.Release();
            _isOver = true;
            session.End(SocketCloseReason.TransportLost);
        }
    }

    public static bool IsLost(Exception failure) => failure
        is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

    private async ValueTask<ReceiveOutcome> ReceiveOneAsync()
    {
        var outcome = await Reader.ReadAsync() switch
        {
            ReadOutcome.Text => await SessionInbound.ReceiveTextAsync(session, Reader.Message, services),
            ReadOutcome.Binary => await SessionInbound.ReceiveBinaryAsync(session, Reader.Message, services),
            ReadOutcome.PeerClosed => ReceiveOutcome.PeerClosed,
            ReadOutcome.TooLarge => ReceiveOutcome.Violated,
        };
        Reader.Release();
        return outcome;
    }

    private async Task DrainAsync()
    {
        try
        {
            do
            {
                await WriteQueueAsync();
                if (session.Queue.IsCompleted && session.Queue.IsEmpty)
                {
                    // _draining stays taken: nothing may follow the close frame.
                    await Writer.CloseAsync(session.CloseReason ?? SocketCloseReason.TransportLost);
                    return;
                }

                Interlocked.Exchange(ref _draining, 0);

                // What was queued between the last look and the release has found the drain taken.
            }
            while ((!session.Queue.IsEmpty || session.Queue.IsCompleted)
                && Interlocked.CompareExchange(ref _draining, 1, 0) == 0);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Nobody awaits a drain, so a defect is logged here or nowhere.
            if (!IsLost(failure))
            {
                Log.SendFailed(services.Logger, failure);
            }

            session.End(SocketCloseReason.TransportLost);
        }
    }

    private async ValueTask WriteQueueAsync()
    {
        var written = 0;
        while (session.Queue.TryDequeue(out var batch))
        {
            await Writer.WriteAsync(batch);
            if (++written % MaxBatchesInOneGo == 0)
            {
                await Task.Yield();
            }
        }
    }
}
