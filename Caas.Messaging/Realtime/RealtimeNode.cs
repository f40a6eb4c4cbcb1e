using System.Collections.Concurrent;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Messaging.Presence;
using Caas.SocketIO;

namespace Caas.Messaging.Realtime;

/// <summary>
/// This node's end of the bus: the rooms and channels of everybody who is connected here. Everything in it can be built
/// again from the store.
/// </summary>
internal sealed partial class RealtimeNode(
    IConversationReader conversations,
    IChangeReader changes,
    PresenceNode presence,
    SocketPressure pressure,
    RealtimeMetrics metrics,
    ILogger<RealtimeNode> logger) : IRealtimeReceiver
{
    private const int FillPage = 200;

    // A hole larger than that is left to the devices: each asks for what it misses, page by page.
    private const int MaxFill = 1000;

    private readonly ConcurrentDictionary<(ClientId Client, ConversationId Conversation), ConversationRoom> _rooms = new();
    private readonly ConcurrentDictionary<(ClientId Client, UserId User), UserChannel> _channels = new();

    /// <summary>How many conversations have a member here.</summary>
    public int Rooms => _rooms.Count;

    /// <summary>The channel of a user who is connected here; null where they are not.</summary>
    public UserChannel? Find(ClientId clientId, UserId userId) => _channels.GetValueOrDefault((clientId, userId));

    /// <summary>
    /// Joins a device to all conversations of its user. The order is what makes it safe: the channel can be found, then
    /// the rooms can, and only then the memberships are read that count; a room that was left in between is left again.
    /// </summary>
    public async ValueTask JoinAsync(ChatSession session, CancellationToken cancellationToken)
    {
        var channel = Open(session);
        var entered = new HashSet<ConversationId>();
        await foreach (var view in conversations.ListMembershipsAsync(channel.ClientId, channel.UserId, cancellationToken))
        {
            entered.Add(view.Head.Id);
            await EnterAsync(channel, view, new Entry(), cancellationToken);
        }

        await foreach (var view in conversations.ListMembershipsAsync(channel.ClientId, channel.UserId, cancellationToken))
        {
            entered.Remove(view.Head.Id);
            await EnterAsync(channel, view, new Entry(view.Head.Version), cancellationToken);
        }

        foreach (var left in entered)
        {
            await LeaveAsync(channel, left, cancellationToken);
        }
    }

    /// <summary>Takes a device out of everything.</summary>
    public async ValueTask LeaveAsync(ChatSession session, CancellationToken cancellationToken)
    {
        if (session.Channel is not { } channel)
        {
            return;
        }

        var rooms = channel.Rooms;
        var last = channel.Remove(session);
        if (last)
        {
            _channels.TryRemove(new((channel.ClientId, channel.UserId), channel));
        }

        foreach (var room in rooms)
        {
            await room.Gate.WaitAsync(cancellationToken);
            try
            {
                room.Leave(session.Connection);
                if (last)
                {
                    room.Leave(channel.UserId, channel);
                    CloseIfEmpty(room);
                }
            }
            finally
            {
                room.Gate.Release();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken)
    {
        if (signal.ConversationId is not { } conversationId)
        {
            EmitToUser(signal);
            return;
        }

        if (signal.UserId is { } userId)
        {
            await ReceiveOwnAsync(signal, conversationId, userId, cancellationToken);
            return;
        }

        if (_rooms.TryGetValue((signal.ClientId, conversationId), out var room))
        {
            await ReceiveAsync(room, signal, cancellationToken);
            await pressure.EaseAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken)
    {
        metrics.Gap();
        LogGap(shard, _rooms.Count);
        foreach (var room in _rooms.Values.Where(room => RealtimeShard.Of(room.Id, shards) == shard))
        {
            await room.Gate.WaitAsync(cancellationToken);
            try
            {
                await FillAsync(room, cancellationToken);
            }
            finally
            {
                room.Gate.Release();
            }
        }

        // A user may have been added to a conversation that has no room here: the memberships are read again.
        foreach (var channel in _channels.Values)
        {
            await foreach (var view in conversations.ListMembershipsAsync(channel.ClientId, channel.UserId, cancellationToken))
            {
                if (RealtimeShard.Of(view.Head.Id, shards) == shard
                    && await EnterAsync(channel, view, new Entry(view.Head.Version), cancellationToken))
                {
                    channel.Emit(SessionMessages.SyncRequired);
                }
            }
        }
    }

    private UserChannel Open(ChatSession session)
    {
        var caller = session.Caller;
        while (true)
        {
            var channel = _channels.GetOrAdd(
                (caller.ClientId, caller.UserId!.Value), static key => new UserChannel(key.Client, key.User));
            if (channel.TryAdd(session))
            {
                session.Channel = channel;
                return channel;
            }
        }
    }

    // True where the user was not in the room before.
    private async ValueTask<bool> EnterAsync(
        UserChannel channel, MemberView view, Entry entry, CancellationToken cancellationToken)
    {
        while (true)
        {
            var room = _rooms.GetOrAdd(
                (channel.ClientId, view.Head.Id), static key => new ConversationRoom(key.Client, key.Conversation));
            await room.Gate.WaitAsync(cancellationToken);
            try
            {
                if (room.IsClosed)
                {
                    continue;
                }

                // A removal that the room has applied is newer than a membership read before it.
                var isNew = !room.Contains(channel.UserId);
                if (room.IsSettled && isNew && entry.From is not null && room.Version > view.Head.Version)
                {
                    return false;
                }

                room.Enter(channel, view.Membership);
                if (isNew && entry.Welcome is { } welcome)
                {
                    channel.Emit(welcome);
                }

                await SettleAsync(room, view, entry, isNew, channel, cancellationToken);
                return isNew;
            }
            finally
            {
                room.Gate.Release();
            }
        }
    }

    private async ValueTask SettleAsync(
        ConversationRoom room, MemberView view, Entry entry, bool isNew, UserChannel channel, CancellationToken cancellationToken)
    {
        if (entry.From is not { } from)
        {
            return;
        }

        if (!room.IsSettled)
        {
            // What was committed since then has no other way to the device: it is read, in order, before anything live.
            room.Settle(from);
            if (Math.Max(room.Heard, view.Head.Version) > from)
            {
                await FillAsync(room, cancellationToken);
            }
        }
        else if (isNew && entry.Welcome is not null && room.Version > from)
        {
            channel.Emit(SessionMessages.SyncRequired);
        }
    }

    private async ValueTask LeaveAsync(UserChannel channel, ConversationId conversationId, CancellationToken cancellationToken)
    {
        if (!_rooms.TryGetValue((channel.ClientId, conversationId), out var room))
        {
            return;
        }

        await room.Gate.WaitAsync(cancellationToken);
        try
        {
            room.Leave(channel.UserId);
            CloseIfEmpty(room);
        }
        finally
        {
            room.Gate.Release();
        }
    }

    private void EmitToUser(RealtimeSignal signal)
    {
        if (signal.Type == EventTypes.PresenceChanged)
        {
            presence.Deliver(signal);
            return;
        }

        if (signal.UserId is { } userId && Find(signal.ClientId, userId) is { } channel)
        {
            using var activity = EmitActivity.Start(signal.Type, signal.TraceParent);
            channel.Emit(SocketIO.Connections.EncodedEvent.Create(signal.Type, signal.Body.Span));
        }
    }

    // A user was added to a conversation: where nobody else of it is connected here, their channel makes the room.
    private async ValueTask ReceiveOwnAsync(
        RealtimeSignal signal, ConversationId conversationId, UserId userId, CancellationToken cancellationToken)
    {
        if (signal.Type != EventTypes.MemberAdded || Find(signal.ClientId, userId) is not { } channel)
        {
            return;
        }

        var view = await conversations.FindAsMemberAsync(signal.ClientId, conversationId, userId, cancellationToken);

        // Of a membership that ended since, and began again, another signal tells.
        if (view is not null && signal.Version is { } version && view.Membership.JoinedVersion == version)
        {
            using var activity = EmitActivity.Start(signal.Type, signal.TraceParent);
            var welcome = SocketIO.Connections.EncodedEvent.Create(signal.Type, signal.Body.Span);
            await EnterAsync(channel, view, new Entry(version, welcome), cancellationToken);
        }
    }

    private async ValueTask ReceiveAsync(ConversationRoom room, RealtimeSignal signal, CancellationToken cancellationToken)
    {
        await room.Gate.WaitAsync(cancellationToken);
        try
        {
            if (signal.Version is not { } version)
            {
                using var activity = EmitActivity.Start(signal.Type, signal.TraceParent);
                room.Emit(signal);
            }
            else if (!room.IsSettled)
            {
                room.Hear(version);
            }
            else if (version == room.Version + 1)
            {
                Apply(room, new Change(
                    signal.ClientId, room.Id, version, signal.Type, signal.Body, signal.TraceParent));
            }
            else if (version > room.Version)
            {
                await FillAsync(room, cancellationToken);
            }
        }
        finally
        {
            room.Gate.Release();
        }
    }

    // Reads what the room lacks, up to what the store has.
    private async ValueTask FillAsync(ConversationRoom room, CancellationToken cancellationToken)
    {
        for (var filled = 0; room.IsSettled && !room.IsEmpty;)
        {
            var missing = await changes.ListAsync(room.ClientId, room.Id, room.Version, FillPage, cancellationToken);
            foreach (var change in missing)
            {
                Apply(room, change);
                await pressure.EaseAsync(cancellationToken);
            }

            filled += missing.Count;
            metrics.Filled(missing.Count);
            if (missing.Count < FillPage)
            {
                return;
            }

            if (filled >= MaxFill && await conversations.FindAsync(room.ClientId, room.Id, cancellationToken) is { } head)
            {
                await SkipAsync(room, head, cancellationToken);
                return;
            }
        }
    }

    // Too far behind: the room goes on from the present, with the members of the present, and devices sync.
    private async ValueTask SkipAsync(ConversationRoom room, ConversationHead head, CancellationToken cancellationToken)
    {
        room.EmitToAll(SessionMessages.SyncRequired);
        room.Settle(head.Version);
        foreach (var channel in _channels.Values.Where(channel => channel.ClientId == room.ClientId && room.Contains(channel.UserId)))
        {
            if (await conversations.FindAsMemberAsync(room.ClientId, room.Id, channel.UserId, cancellationToken) is null)
            {
                room.Leave(channel.UserId);
            }
        }
    }

    private void Apply(ConversationRoom room, Change change)
    {
        using var activity = EmitActivity.Start(change.Type, change.TraceParent);
        room.Apply(change, userId => Find(room.ClientId, userId));
        metrics.Delivered(change);
        CloseIfEmpty(room);
    }

    private void CloseIfEmpty(ConversationRoom room)
    {
        if (room.IsEmpty)
        {
            room.Close();
            _rooms.TryRemove(new((room.ClientId, room.Id), room));
        }
    }

    /// <summary>How a user comes into a room.</summary>
    /// <param name="From">The version that a new room goes on from; null to leave that for a later read.</param>
    /// <param name="Welcome">What their devices get first, where they were not in the room before.</param>
    private readonly record struct Entry(long? From = null, SocketIO.Connections.EncodedEvent? Welcome = null);

    [LoggerMessage(6001, LogLevel.Warning, "The realtime bus missed something on shard {Shard}; {Rooms} rooms read the store")]
    private partial void LogGap(int shard, int rooms);
}
