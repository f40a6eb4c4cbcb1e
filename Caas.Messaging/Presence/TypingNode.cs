using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Messaging.Realtime;

namespace Caas.Messaging.Presence;

/// <summary>Who types on this node's connections: tells the others when it begins, and when it ends by itself.</summary>
internal sealed class TypingNode(EphemeralEvents ephemeral, TimeProvider clock)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(8);

    // One device that says it types everywhere must not make work without end.
    private const int MaxConversations = 20;

    /// <summary>A device types, or still does.</summary>
    public async ValueTask StartAsync(ChatSession session, ConversationId conversationId, CancellationToken cancellationToken)
    {
        var typing = session.Typing;
        var known = typing.ContainsKey(conversationId);
        if (!known && typing.Count >= MaxConversations)
        {
            return;
        }

        typing[conversationId] = clock.GetTimestamp();
        if (!known)
        {
            await TellAsync(session, conversationId, EventTypes.TypingStarted, cancellationToken);
        }
    }

    /// <summary>A device stopped.</summary>
    public async ValueTask StopAsync(ChatSession session, ConversationId conversationId, CancellationToken cancellationToken)
    {
        if (session.Typing.TryRemove(conversationId, out _))
        {
            await TellAsync(session, conversationId, EventTypes.TypingStopped, cancellationToken);
        }
    }

    /// <summary>Stops what was not repeated; all of it where the device is gone.</summary>
    public async ValueTask SweepAsync(ChatSession session, bool gone, CancellationToken cancellationToken)
    {
        foreach (var (conversationId, since) in session.Typing)
        {
            if (gone || clock.GetElapsedTime(since) >= Lasts)
            {
                await StopAsync(session, conversationId, cancellationToken);
            }
        }
    }

    private ValueTask TellAsync(
        ChatSession session, ConversationId conversationId, string type, CancellationToken cancellationToken) =>
        ephemeral.PublishAsync(
            session.Caller, conversationId, type, new EventBody { UserId = session.Caller.UserId }, cancellationToken);
}
