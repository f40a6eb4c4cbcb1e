using Caas.Domain.Callers;
using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>Sends to sockets what is not kept: at most once, without a version.</summary>
public sealed class EphemeralEvents(IRealtimeBus bus, IIdSource ids, TimeProvider clock)
{
    /// <summary>To the conversation's connected members.</summary>
    public ValueTask PublishAsync(
        Caller caller, ConversationId conversationId, string type, EventBody data, CancellationToken cancellationToken) =>
        PublishAsync(caller.ClientId, caller.Actor, conversationId, userId: null, type, data, cancellationToken);

    /// <summary>To a conversation's connected members, or to one user's devices.</summary>
    public ValueTask PublishAsync(
        ClientId clientId,
        Actor actor,
        ConversationId? conversationId,
        UserId? userId,
        string type,
        EventBody data,
        CancellationToken cancellationToken)
    {
        var origin = ChangeOrigin.Of(actor);
        var body = EventJson.Write(new Event
        {
            Id = EventId.From(ids.Next()),
            Type = type,
            ClientId = clientId,
            ConversationId = conversationId,
            OccurredAt = clock.GetUtcNow(),
            Actor = actor,
            TraceId = origin.TraceId,
            Data = data,
        });
        return bus.PublishAsync(
            new RealtimeSignal(clientId, conversationId, userId, Version: null, type, body, origin.TraceParent), cancellationToken);
    }
}
