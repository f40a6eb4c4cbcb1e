using System.Collections;
using System.Collections.Concurrent;

namespace Caas.SocketIO.Engine;

/// <summary>The sessions by their id, never more than the cap. Thread-safe; enumerating sees a moving picture.</summary>
internal sealed class EngineSessions(int maxSessions) : IEnumerable<EngineSession>
{
    private readonly ConcurrentDictionary<string, EngineSession> _sessions = new(StringComparer.Ordinal);
    private int _count;
    private bool _stopped;

    public int Count => Volatile.Read(ref _count);

    public bool IsStopped => Volatile.Read(ref _stopped);

    public void Stop() => Volatile.Write(ref _stopped, true);

    /// <summary>Takes a place; false when there is none. Whoever got one calls <see cref="Add"/> or <see cref="Release"/>.</summary>
    public bool TryReserve()
    {
        if (IsStopped)
        {
            return false;
        }

        if (Interlocked.Increment(ref _count) > maxSessions)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        return true;
    }

    public void Release() => Interlocked.Decrement(ref _count);

    public void Add(EngineSession session) => _sessions[session.Sid] = session;

    public EngineSession? Find(string sid) => _sessions.GetValueOrDefault(sid);

    public void Remove(EngineSession session)
    {
        if (_sessions.TryRemove(session.Sid, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public IEnumerator<EngineSession> GetEnumerator()
    {
        foreach (var entry in _sessions)
        {
            yield return entry.Value;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
