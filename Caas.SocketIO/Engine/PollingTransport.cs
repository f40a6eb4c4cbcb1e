using Caas.SocketIO.Connections;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A session on long polling (Engine.IO protocol v4, "HTTP long-polling"): at most one GET waits for packets and at most
/// one POST brings them; a second of either is a violation, because order would be lost.
/// </summary>
internal sealed class PollingTransport(EngineSession session, SocketServices services) : IEngineTransport
{
    private readonly Lock _lock = new();

    // Guarded by _lock. The request is only kept while it may be cut: afterwards its object serves another one.
    private HttpContext? _poll;
    private TaskCompletionSource? _waiter;
    private bool _posting;
    private bool _retired;
    private long _writingSince;

    public string Name => "polling";

    public long WritingSince => Volatile.Read(ref _writingSince);

    public void Flush()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    public void Abort()
    {
        // A poll that waits is let go; one whose answer is stuck is cut.
        Flush();
        lock (_lock)
        {
            if (WritingSince != 0)
            {
                _poll?.Abort();
            }
        }
    }

    /// <summary>Makes way for the WebSocket; false while a POST is under way.</summary>
    public bool TryRetire()
    {
        lock (_lock)
        {
            if (_posting)
            {
                return false;
            }

            _retired = true;
        }

        Flush();
        return true;
    }

    public async Task GetAsync(HttpContext context)
    {
        if (!TryOpenPoll(context, out var waiter))
        {
            await RefuseSecondAsync(context);
            return;
        }

        try
        {
            await WaitAsync(context, waiter);
            if (context.RequestAborted.IsCancellationRequested)
            {
                session.End(SocketCloseReason.TransportLost);
                return;
            }

            await AnswerAsync(context);
            if (session.Queue.IsCompleted && session.Queue.IsEmpty)
            {
                session.End(session.CloseReason ?? SocketCloseReason.TransportLost);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            session.End(SocketCloseReason.TransportLost);
        }
        finally
        {
            ClosePoll();
        }
    }

    public async Task PostAsync(HttpContext context)
    {
        if (!TryBeginPost())
        {
            await RefuseSecondAsync(context);
            return;
        }

        try
        {
            await PollingBody.ReceiveAsync(context, session, services.Options);
        }
        finally
        {
            lock (_lock)
            {
                _posting = false;
            }
        }
    }

    private async Task RefuseSecondAsync(HttpContext context)
    {
        // After an upgrade a late request is only refused: the session has a transport that works.
        if (!Volatile.Read(ref _retired))
        {
            session.End(SocketCloseReason.ProtocolViolated);
        }

        await EngineError.BadRequest.WriteAsync(context);
    }

    private bool TryOpenPoll(HttpContext context, out TaskCompletionSource? waiter)
    {
        lock (_lock)
        {
            waiter = null;
            if (_poll is not null || _retired)
            {
                return false;
            }

            _poll = context;
            if (session.Queue.IsEmpty && !session.HasEnded && !session.IsProbeAnswered)
            {
                waiter = _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return true;
        }
    }

    private static async Task WaitAsync(HttpContext context, TaskCompletionSource? waiter)
    {
        if (waiter is null)
        {
            return;
        }

        await using (context.RequestAborted.UnsafeRegister(
            static state => ((TaskCompletionSource)state!).TrySetResult(), waiter))
        {
            await waiter.Task;
        }
    }

    private void ClosePoll()
    {
        lock (_lock)
        {
            _poll = null;
            _waiter = null;
            Volatile.Write(ref _writingSince, 0);
        }
    }

    private bool TryBeginPost()
    {
        lock (_lock)
        {
            if (_posting || _retired)
            {
                return false;
            }

            _posting = true;
            return true;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var batches = TakeBatches(out var length);
        var response = context.Response;
        response.ContentType = "text/plain; charset=UTF-8";
        response.ContentLength = length;
        Volatile.Write(ref _writingSince, services.Time.GetTimestamp());
        for (var i = 0; i < batches.Count; i++)
        {
            if (i > 0)
            {
                response.BodyWriter.GetSpan(1)[0] = PollingPayload.Separator;
                response.BodyWriter.Advance(1);
            }

            PollingPayload.Write(response.BodyWriter, batches[i]);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);

        // Cleared before the session may end: ending cuts a poll whose answer is still on its way.
        Volatile.Write(ref _writingSince, 0);
    }

    private List<FrameBatch> TakeBatches(out int length)
    {
        var batches = new List<FrameBatch>();
        length = -1;
        while (length < services.Options.MaxPayloadBytes && session.Queue.TryDequeue(out var batch))
        {
            batches.Add(batch);
            length += 1 + PollingPayload.Length(batch);
        }

        if (batches.Count == 0)
        {
            // Let go without a packet: by an upgrade or the client's own close with a noop, else with a close.
            var closed = session.HasEnded && session.CloseReason != SocketCloseReason.ClientClosed;
            var last = closed ? EnginePacket.Close : EnginePacket.Noop;
            batches.Add(last);
            length = last.Bytes;
        }

        return batches;
    }
}
