using System.IO.Pipelines;
using Caas.SocketIO.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A session on a WebSocket. Reading is one loop, the request itself. Writing has no task of its own: whoever queues
/// drains the queue in one go, unless somebody is at it already, and goes on in the background when the socket does not
/// take the bytes at once. So an idle socket has no pump and a slow one holds up nobody.
/// </summary>
internal sealed class WebSocketTransport(
    EngineSession session, IDuplexPipe pipe, IHttpRequestLifetimeFeature request, SocketServices services)
    : IEngineTransport
{
    // After so many batches a drain gives its thread back: it belongs to someone who had a single event to queue.
    private const int MaxBatchesInOneGo = 64;

    // Of _state. Over: nothing may be written any more.
    private const int Resting = 0;
    private const int Draining = 1;
    private const int Over = 2;

    private int _state;
    private byte[]? _owedPong;
    private TaskCompletionSource? _rested;
    private volatile bool _isRead;

    public string Name => "websocket";

    public long WritingSince => Writer.WritingSince;

    public WebSocketReader Reader { get; } = new(pipe.Input, services.Options);

    public WebSocketWriter Writer { get; } = new(pipe.Output, services.Time);

    public void Flush()
    {
        if (Interlocked.CompareExchange(ref _state, Draining, Resting) == Resting)
        {
            _ = DrainAsync();
        }
    }

    // The request is this connection's last one, so cutting it can hit no other. Once reading is over the request ends
    // by itself, and cutting it would take the close frame along.
    public void Abort()
    {
        if (!_isRead || Volatile.Read(ref _state) == Draining)
        {
            request.Abort();
        }
    }

    /// <summary>Reads until either side is done, then ends the session. Nothing touches the pipe afterwards.</summary>
    public async Task RunAsync()
    {
        try
        {
            // The one place where an idle socket waits.
            while (await ReceiveAsync(Reader.Take(await Reader.WaitAsync())))
            {
                Reader.Release();
            }
        }
        catch (Exception failure) when (IsLost(failure))
        {
            session.End(SocketCloseReason.TransportLost);
        }
        finally
        {
            Reader.Dispose();
            _isRead = true;
            await RestAsync();
            session.End(SocketCloseReason.TransportLost);
        }
    }

    public static bool IsLost(Exception failure) => failure
        is IOException or OperationCanceledException or ObjectDisposedException;

    // False when nothing more is to be read. Whoever closes has flushed, so the close frame is under way.
    private async ValueTask<bool> ReceiveAsync(ReadOutcome outcome)
    {
        switch (outcome)
        {
            case ReadOutcome.Incomplete:
                return true;
            case ReadOutcome.Ping:
                // Of several, an answer to the last is enough (RFC 6455, section 5.5.3): nobody can make them pile up.
                Volatile.Write(ref _owedPong, Reader.Message.ToArray());
                Flush();
                return true;
            case ReadOutcome.Text:
                return await GoesOnAsync(await SessionInbound.ReceiveTextAsync(session, Reader.Message, services));
            case ReadOutcome.Binary:
                return await GoesOnAsync(await SessionInbound.ReceiveBinaryAsync(session, Reader.Message, services));
            case ReadOutcome.PeerClosed:
                return await GoesOnAsync(ReceiveOutcome.PeerClosed);
            case ReadOutcome.Violated:
                return await GoesOnAsync(ReceiveOutcome.Violated);
            case ReadOutcome.PeerLost:
            default:
                session.End(SocketCloseReason.TransportLost);
                return false;
        }
    }

    private async ValueTask<bool> GoesOnAsync(ReceiveOutcome outcome)
    {
        switch (outcome)
        {
            case ReceiveOutcome.PeerClosed:
                await session.SettleAsync();
                session.Close(SocketCloseReason.ClientClosed);
                return false;
            case ReceiveOutcome.Violated:
                session.Fail();
                return false;
            case ReceiveOutcome.Continue:
            default:
                return true;
        }
    }

    /// <summary>Returns once what is due has been sent, nobody drains any more, and nobody will.</summary>
    private async Task RestAsync()
    {
        while (true)
        {
            // Made before the look at the state: a drain looks for it after it has changed the state.
            var rested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _rested, rested);
            switch (Interlocked.CompareExchange(ref _state, Draining, Resting))
            {
                case Over:
                    return;
                case Draining:
                    await rested.Task;
                    break;
                default:
                    await DrainAsync();
                    if (Interlocked.CompareExchange(ref _state, Over, Resting) is Resting or Over)
                    {
                        return;
                    }

                    break;
            }
        }
    }

    private async Task DrainAsync()
    {
        var end = Resting;
        try
        {
            do
            {
                await WriteQueueAsync();
                if (session.Queue.IsCompleted && session.Queue.IsEmpty)
                {
                    await CloseAsync();
                    end = Over;
                    break;
                }

                Interlocked.Exchange(ref _state, Resting);

                // What was queued between the last look and the release has found the drain taken.
            }
            while (HasWork() && Interlocked.CompareExchange(ref _state, Draining, Resting) == Resting);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Nobody awaits a drain, so a defect is logged here or nowhere.
            if (!IsLost(failure))
            {
                Log.SendFailed(services.Logger, failure);
            }

            session.End(SocketCloseReason.TransportLost);
            end = Over;
        }

        if (end == Over)
        {
            Interlocked.Exchange(ref _state, Over);
        }

        Volatile.Read(ref _rested)?.TrySetResult();
    }

    private bool HasWork() =>
        !session.Queue.IsEmpty || session.Queue.IsCompleted || Volatile.Read(ref _owedPong) is not null;

    private async ValueTask WriteQueueAsync()
    {
        var written = 0;
        while (session.Queue.TryDequeue(out var batch))
        {
            await Writer.WriteAsync(batch);
            if (++written % MaxBatchesInOneGo == 0)
            {
                await Writer.FlushAsync();
                await Task.Yield();
            }
        }

        if (Interlocked.Exchange(ref _owedPong, null) is { } payload)
        {
            Writer.Pong(payload);
        }

        await Writer.FlushAsync();
    }

    private ValueTask CloseAsync()
    {
        if (session.HasEnded)
        {
            // It was cut, or is about to be: a farewell could only hang, and nobody would cut it again.
            return ValueTask.CompletedTask;
        }

        var reason = session.CloseReason ?? SocketCloseReason.TransportLost;
        var status = Reader.Violation
            ?? (reason == SocketCloseReason.ProtocolViolated ? WebSocketStatus.PolicyViolated
                : reason == SocketCloseReason.ServerStopping ? WebSocketStatus.GoingAway
                : WebSocketStatus.Normal);
        return Writer.CloseAsync(status, reason.Name);
    }
}
