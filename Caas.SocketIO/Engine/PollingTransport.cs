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
            await PollingBody.ReceiveAsync(context, session, services);
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
        Volatile.Write(ref _writingSince, services.Time.GetTimestamp());
        await PollAnswer.WriteAsync(context, session, services.Options);

        // Cleared before the session may end: ending cuts a poll whose answer is still on its way.
        Volatile.Write(ref _writingSince, 0);
    }
}
