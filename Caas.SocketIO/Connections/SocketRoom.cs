namespace Caas.SocketIO.Connections;

/// <summary>
/// Connections that get the same events. Thread-safe. One walker at a time goes over the members; events that come
/// meanwhile wait, and the next round queues all of them to one member before it goes to the next, because several frames
/// at once to one socket cost a fraction of as many walks. Members see events in the order of
/// <see cref="Broadcast"/>; between a broadcast and <see cref="SocketConnection.TryEmit"/> there is no order. A slow
/// member has its own bounded queue and never holds up the walk. Nothing is allocated per member.
/// </summary>
public sealed class SocketRoom : IThreadPoolWorkItem
{
    /// <summary>Events that may wait for the walker.</summary>
    public const int MaxPendingEvents = 4_096;

    /// <summary>Bytes that may wait for the walker.</summary>
    public const int MaxPendingBytes = 16_000_000;

    // Up to so many members the broadcaster's own thread walks, which saves the hop; a larger room would hold it up.
    private const int MaxInlineMembers = 64;

    private readonly Lock _lock = new();

    // Guarded by _lock. While _lent, the walker reads the array without the lock, so it is replaced instead of changed.
    private readonly Dictionary<SocketConnection, int> _positions = [];
    private SocketConnection?[] _members = [];
    private bool _lent;
    private List<FrameBatch> _pending = [];
    private long _pendingBytes;
    private bool _walking;

    // Owned by the walker; changes places with _pending under the lock.
    private List<FrameBatch> _round = [];

    /// <summary>Members right now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _positions.Count;
            }
        }
    }

    /// <summary>
    /// Adds a member; false when it is one. It gets every event whose broadcast begins after this returned, and may get
    /// some that waited before. Closed connections are not removed by themselves: do that in
    /// <see cref="ISocketHandler.DisconnectedAsync"/>.
    /// </summary>
    public bool Add(SocketConnection connection)
    {
        lock (_lock)
        {
            var count = _positions.Count;
            if (!_positions.TryAdd(connection, count))
            {
                return false;
            }

            OwnMembersLocked(count + 1);
            _members[count] = connection;
            return true;
        }
    }

    /// <summary>
    /// Removes a member; false when it is none. It gets no event whose broadcast begins after this returned; earlier
    /// ones may still be under way to it.
    /// </summary>
    public bool Remove(SocketConnection connection)
    {
        lock (_lock)
        {
            if (!_positions.Remove(connection, out var position))
            {
                return false;
            }

            OwnMembersLocked(_members.Length);
            var last = _positions.Count;
            if (position != last)
            {
                _members[position] = _members[last];
                _positions[_members[position]!] = position;
            }

            _members[last] = null;
            return true;
        }
    }

    /// <summary>Queues the event to every member. Does not wait for any of them.</summary>
    /// <returns>
    /// False when <see cref="MaxPendingEvents"/> or <see cref="MaxPendingBytes"/> wait already: nobody gets the event,
    /// and the members have to be told to catch up.
    /// </returns>
    public bool Broadcast(EncodedEvent e)
    {
        bool inline;
        lock (_lock)
        {
            if (_pending.Count >= MaxPendingEvents || (_pending.Count > 0 && _pendingBytes + e.Bytes > MaxPendingBytes))
            {
                return false;
            }

            _pending.Add(e.Frames);
            _pendingBytes += e.Bytes;
            if (_walking)
            {
                return true;
            }

            _walking = true;
            inline = _positions.Count <= MaxInlineMembers;
        }

        // One round only: a caller must not end up as the walker of everybody else's events.
        if (!inline || WalkOnce())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (WalkOnce())
        {
            // Until nothing waits.
        }
    }

    /// <summary>Walks with what waits now; true when more came meanwhile and the walk is still this caller's.</summary>
    private bool WalkOnce()
    {
        SocketConnection?[] members;
        int count;
        lock (_lock)
        {
            (_round, _pending) = (_pending, _round);
            _pendingBytes = 0;
            members = _members;
            count = _positions.Count;
            _lent = true;
        }

        foreach (var member in members.AsSpan(0, count))
        {
            Deliver(member!);
        }

        _round.Clear();
        lock (_lock)
        {
            _lent = false;
            _walking = _pending.Count > 0;
            return _walking;
        }
    }

    private void Deliver(SocketConnection member)
    {
        var queued = false;
        foreach (var batch in _round)
        {
            queued |= member.TryQueue(batch);
        }

        if (queued)
        {
            member.Flush();
        }
    }

    private void OwnMembersLocked(int capacity)
    {
        if (!_lent && capacity <= _members.Length)
        {
            return;
        }

        var own = new SocketConnection?[capacity <= _members.Length ? _members.Length : Math.Max(4, capacity * 2)];
        _members.AsSpan(0, Math.Min(_members.Length, own.Length)).CopyTo(own);
        _members = own;
        _lent = false;
    }
}
