using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Realtime;

/// <summary>
/// A conversation with members connected to this node. It applies changes in the order of their versions, each once:
/// what is not above the last is skipped, a hole is filled from the store, and who is in the room changes only by the
/// <c>member.*</c> among them, so that a removed member gets nothing after the removal and an added one misses nothing.
/// Not thread-safe: whoever touches it holds <see cref="Gate"/>.
/// </summary>
/// <param name="clientId">The client.</param>
/// <param name="id">The conversation.</param>
internal sealed class ConversationRoom(ClientId clientId, ConversationId id)
{
    private const long Unsettled = -1;

    private readonly Dictionary<UserId, Occupant> _occupants = [];

    // Members who may see all of the history share every event; the others, kept here too, are asked about each.
    private readonly SocketRoom _open = new();
    private readonly Dictionary<UserId, Occupant> _limited = [];

    /// <summary>Held by whoever touches the room.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The client.</summary>
    public ClientId ClientId => clientId;

    /// <summary>The conversation.</summary>
    public ConversationId Id => id;

    /// <summary>The version of the last change that was applied; below 0 before <see cref="Settle"/>.</summary>
    public long Version { get; private set; } = Unsettled;

    /// <summary>The highest version that was heard of before the room was settled.</summary>
    public long Heard { get; private set; }

    /// <summary>Whether the room was given up: it is not found any more, and a new one takes its place.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether the version is known from which the room goes on.</summary>
    public bool IsSettled => Version != Unsettled;

    /// <summary>Whether nobody is in it.</summary>
    public bool IsEmpty => _occupants.Count == 0;

    /// <summary>Whether the user is in it.</summary>
    public bool Contains(UserId userId) => _occupants.ContainsKey(userId);

    /// <summary>Goes on from a version that was read from the store after the room could be found.</summary>
    public void Settle(long version) => Version = version;

    /// <summary>Notes a version for when the room is settled.</summary>
    public void Hear(long version) => Heard = Math.Max(Heard, version);

    /// <summary>Gives the room up.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Lets a user's devices in; devices that are in stay.</summary>
    public void Enter(UserChannel channel, Membership membership)
    {
        var occupant = new Occupant(channel, membership.Member.FromSequence, membership.JoinedVersion);
        _occupants[channel.UserId] = occupant;
        channel.Entered(this);
        if (occupant.FromSequence > 1)
        {
            _limited[channel.UserId] = occupant;
        }
        else
        {
            foreach (var session in channel.Sessions)
            {
                _open.Add(session.Connection);
            }
        }
    }

    /// <summary>Takes one device out.</summary>
    public void Leave(SocketConnection connection) => _open.Remove(connection);

    /// <summary>Takes a user out; where a channel is given, only if it is still theirs.</summary>
    public void Leave(UserId userId, UserChannel? only = null)
    {
        if (!_occupants.TryGetValue(userId, out var occupant) || (only is not null && only != occupant.Channel))
        {
            return;
        }

        _occupants.Remove(userId);
        _limited.Remove(userId);
        occupant.Channel.Left(this);
        foreach (var session in occupant.Channel.Sessions)
        {
            _open.Remove(session.Connection);
        }
    }

    /// <summary>
    /// Applies the next change. <paramref name="join"/> gives the channel of a user who is connected here.
    /// </summary>
    public void Apply(Change change, Func<UserId, UserChannel?> join)
    {
        Version = change.Version;
        if (change.Type == EventTypes.MemberAdded)
        {
            var member = EventJson.Read(change.Body.Span).Data.Member!;
            if (join(member.UserId) is { } channel)
            {
                Enter(channel, new Membership(id, member, change.Version, LeftVersion: null));
            }
        }

        Emit(change);
        if (change.Type == EventTypes.MemberRemoved)
        {
            Leave(EventJson.Read(change.Body.Span).Data.Member!.UserId);
        }
        else if (change.Type == EventTypes.ConversationDeleted)
        {
            foreach (var userId in _occupants.Keys.ToList())
            {
                Leave(userId);
            }
        }
    }

    /// <summary>Emits what is not kept.</summary>
    public void Emit(RealtimeSignal signal) => EmitToAll(EncodedEvent.Create(signal.Type, signal.Body.Span));

    /// <summary>Tells everyone here to sync.</summary>
    public void EmitToAll(EncodedEvent encoded)
    {
        Broadcast(encoded);
        foreach (var occupant in _limited.Values)
        {
            occupant.Channel.Emit(encoded);
        }
    }

    private void Emit(Change change)
    {
        // Encoded once, whatever the number of sockets.
        var encoded = EncodedEvent.Create(change.Type, change.Body.Span);
        Broadcast(encoded);
        foreach (var occupant in _limited.Values)
        {
            if (change.Version >= occupant.JoinedVersion)
            {
                var body = MemberHistory.BodyFor(change, occupant.FromSequence);
                occupant.Channel.Emit(
                    body.Equals(change.Body) ? encoded : EncodedEvent.Create(change.Type, body.Span));
            }
        }
    }

    // A room whose walker cannot keep up drops the event for everybody: they are told to read it from the store.
    private void Broadcast(EncodedEvent encoded)
    {
        if (_open.Broadcast(encoded))
        {
            return;
        }

        foreach (var occupant in _occupants.Values)
        {
            occupant.Channel.Emit(SessionMessages.SyncRequired);
        }
    }

    private sealed record Occupant(UserChannel Channel, long FromSequence, long JoinedVersion);
}
