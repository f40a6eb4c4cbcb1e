using System.Collections.Concurrent;
using System.Diagnostics;
using Caas.SocketIO.Engine;

namespace Caas.SocketIO;

/// <summary>
/// The connections that have much waiting to be sent. Whoever sends in bursts asks here in between: a peer who reads as fast
/// as it can must not be cut off because a thread queued faster than any socket takes. Thread-safe.
/// </summary>
public sealed class SocketPressure
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<EngineSession, bool> _pressed = new();
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private int _count;

    /// <param name="patience">How long it waits at the most.</param>
    /// <param name="time">The clock of the connections.</param>
    internal SocketPressure(TimeSpan patience, TimeProvider time)
    {
        _patience = patience;
        _time = time;
    }

    /// <summary>
    /// Waits, where connections have more than half of their bound waiting, until these are below a quarter of it: at most
    /// <see cref="SocketIOOptions.BurstPatience"/>, and not for those that have taken nothing for so long. One that was waited
    /// for in vain is not waited for again before it has caught up.
    /// </summary>
    public ValueTask EaseAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _count) == 0 ? default : WaitAsync(cancellationToken);

    /// <summary>Notes that the session has much waiting.</summary>
    internal void Add(EngineSession session)
    {
        if (_pressed.TryAdd(session, true))
        {
            Interlocked.Increment(ref _count);
        }
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (IsAnyTaking())
        {
            if (Stopwatch.GetElapsedTime(began) >= _patience)
            {
                GiveUp();
                return;
            }

            // The machine's own time, as all of the network's.
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
    }

    private bool IsAnyTaking()
    {
        var any = false;
        foreach (var (session, _) in _pressed)
        {
            if (!session.Queue.IsPressed || session.HasEnded)
            {
                Remove(session);
            }
            else if (IsStuck(session))
            {
                session.Queue.GiveUp();
                Remove(session);
            }
            else
            {
                any = true;
            }
        }

        return any;
    }

    private void GiveUp()
    {
        foreach (var (session, _) in _pressed)
        {
            session.Queue.GiveUp();
            Remove(session);
        }
    }

    private void Remove(EngineSession session)
    {
        if (_pressed.TryRemove(session, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    // Between two polls nothing is taken, however fast the peer reads.
    private bool IsStuck(EngineSession session) =>
        session.Polling is not null
        || (session.Transport.WritingSince is > 0 and var since && _time.GetElapsedTime(since) >= _patience);
}
