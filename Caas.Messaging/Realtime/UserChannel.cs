using Caas.Domain.Ids;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>A user who is connected to this node, with all their devices here. Thread-safe.</summary>
/// <param name="clientId">The client.</param>
/// <param name="userId">The user.</param>
internal sealed class UserChannel(ClientId clientId, UserId userId)
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<ChatSession> _sessions = [];
    private readonly HashSet<ConversationRoom> _rooms = [];
    private bool _closed;

    /// <summary>The client.</summary>
    public ClientId ClientId => clientId;

    /// <summary>The user.</summary>
    public UserId UserId => userId;

    /// <summary>Adds a device; false where the channel has been closed: then there is a new one.</summary>
    public bool TryAdd(ChatSession session)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _sessions.Add(session);
            return true;
        }
    }

    /// <summary>Removes a device; true where it was the last, and the channel is closed.</summary>
    public bool Remove(ChatSession session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
            _closed = _sessions.Count == 0;
            return _closed;
        }
    }

    /// <summary>The devices of this moment.</summary>
    public IReadOnlyList<ChatSession> Sessions
    {
        get
        {
            lock (_lock)
            {
                return [.. _sessions];
            }
        }
    }

    /// <summary>The rooms that the user is in here, at this moment.</summary>
    public IReadOnlyList<ConversationRoom> Rooms
    {
        get
        {
            lock (_lock)
            {
                return [.. _rooms];
            }
        }
    }

    /// <summary>Notes that the user is in a room here.</summary>
    public void Entered(ConversationRoom room)
    {
        lock (_lock)
        {
            _rooms.Add(room);
        }
    }

    /// <summary>Notes that the user is not in a room any more.</summary>
    public void Left(ConversationRoom room)
    {
        lock (_lock)
        {
            _rooms.Remove(room);
        }
    }

    /// <summary>Emits to every device.</summary>
    public void Emit(EncodedEvent occurred)
    {
        foreach (var session in Sessions)
        {
            session.Connection.TryEmit(occurred);
        }
    }
}
