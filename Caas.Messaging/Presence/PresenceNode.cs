using System.Collections.Concurrent;
using Caas.Domain.Callers;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Presence;
using Caas.Messaging.Realtime;
using Caas.SocketIO.Connections;

namespace Caas.Messaging.Presence;

/// <summary>
/// This node's part in presence: it keeps its connections known to <see cref="IPresence"/>, publishes what changes, and
/// brings it to the connections that subscribed.
/// </summary>
internal sealed class PresenceNode(IPresence presence, EphemeralEvents ephemeral)
{
    private static readonly Actor Myself = new(ActorType.System, "presence");

    private readonly ConcurrentDictionary<(ClientId Client, UserId User), ConcurrentDictionary<ChatSession, bool>> _watchers = new();

    /// <summary>A connection is there, with the status that it says; repeated by the sweep.</summary>
    public async Task TouchAsync(ChatSession session, CancellationToken cancellationToken)
    {
        var caller = session.Caller;
        var changed = await presence.TouchAsync(
            caller.ClientId, caller.UserId!.Value, session.Connection.Id, session.Status, cancellationToken);
        if (changed is not null)
        {
            await PublishAsync(caller.ClientId, changed, cancellationToken);
        }
    }

    /// <summary>A connection is gone, with its subscriptions.</summary>
    public async ValueTask RemoveAsync(ChatSession session, CancellationToken cancellationToken)
    {
        var caller = session.Caller;
        foreach (var watched in session.Watched)
        {
            if (_watchers.TryGetValue((caller.ClientId, watched), out var sessions))
            {
                sessions.TryRemove(session, out _);
            }
        }

        await presence.RemoveAsync(caller.ClientId, caller.UserId!.Value, session.Connection.Id, cancellationToken);
    }

    /// <summary>Brings changes of these users, and of no others, to the connection from now on.</summary>
    public void Watch(ChatSession session, IReadOnlyList<UserId> userIds)
    {
        var clientId = session.Caller.ClientId;
        foreach (var watched in session.Watched.Except(userIds))
        {
            if (_watchers.TryGetValue((clientId, watched), out var sessions))
            {
                sessions.TryRemove(session, out _);
            }
        }

        foreach (var userId in userIds)
        {
            _watchers.GetOrAdd((clientId, userId), static _ => new())[session] = true;
        }

        session.Watched = userIds;
    }

    /// <summary>Brings a change to this node's subscribers.</summary>
    public void Deliver(RealtimeSignal signal)
    {
        if (signal.UserId is not { } userId || !_watchers.TryGetValue((signal.ClientId, userId), out var sessions))
        {
            return;
        }

        var encoded = EncodedEvent.Create(signal.Type, signal.Body.Span);
        foreach (var (session, _) in sessions)
        {
            session.Connection.TryEmit(encoded);
        }
    }

    /// <summary>Publishes what changed because time passed, and forgets those whom nobody watches.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var (clientId, changed) in await presence.SweepAsync(cancellationToken))
        {
            await PublishAsync(clientId, changed, cancellationToken);
        }

        foreach (var (key, sessions) in _watchers)
        {
            if (sessions.IsEmpty)
            {
                _watchers.TryRemove(new(key, sessions));
            }
        }
    }

    private ValueTask PublishAsync(ClientId clientId, UserPresence changed, CancellationToken cancellationToken) =>
        ephemeral.PublishAsync(
            clientId,
            Myself,
            conversationId: null,
            changed.UserId,
            EventTypes.PresenceChanged,
            new EventBody
            {
                UserId = changed.UserId,
                Status = PresenceWords.Of(changed.Status),
                LastSeenAt = changed.LastSeenAt,
            },
            cancellationToken);
}
