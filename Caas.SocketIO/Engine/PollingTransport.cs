using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>
/// A session on long polling (Engine.IO protocol v4, "HTTP long-polling"): at most one GET waits for packets and at most
/// one POST brings them; a second of either is a violation, because order would be lost. The client may have the last byte
/// of an answer, and go on, before this side hears that it left: such a request is no second one.
/// </summary>
internal sealed class PollingTransport(EngineSession session, SocketServices services) : IEngineTransport
{
    private readonly Lock _lock = new();

    // Guarded by _lock. The request is only kept while it may be cut: afterwards its object serves another one.
    private HttpContext? _poll;
    private TaskCompletionSource? _waiter;
    private TaskCompletionSource? _answered;
    private bool _posting;
    private bool _retired;
    private long _writingSince;

    public string Name => "polling";

    public long WritingSince => Volatile.Read(ref _writingSince);

    /// <summary>Whether a GET waits or is being answered.</summary>
    public bool HasPoll
    {
        get
        {
            lock (_lock)
            {
                return _poll is not null;
            }
        }
    }

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
        TaskCompletionSource? waiter;
        while (!TryOpenPoll(context, out waiter, out var answered))
        {
            if (answered is null)
            {
                await RefuseSecondAsync(context);
                return;
            }

            await answered;
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

        var isTaken = false;
        try
        {
            isTaken = await PollingBody.ReceiveAsync(context, session, services);
        }
        finally
        {
            // Before the answer: with it the client posts again, or upgrades.
            lock (_lock)
            {
                _posting = false;
            }
        }

        if (isTaken)
        {
            await PollingBody.AnswerAsync(context, session);
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

    // Where a poll is being answered, the task of its end comes back: the client may have the answer already.
    private bool TryOpenPoll(HttpContext context, out TaskCompletionSource? waiter, out Task? answered)
    {
        lock (_lock)
        {
            waiter = null;
            answered = _answered?.Task;
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
            _answered?.TrySetResult();
            _answered = null;
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
        lock (_lock)
        {
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Volatile.Write(ref _writingSince, services.Time.GetTimestamp());
        await PollAnswer.WriteAsync(context, session, services.Options);

        // Cleared before the session may end: ending cuts a poll whose answer is still on its way.
        Volatile.Write(ref _writingSince, 0);
    }
}
