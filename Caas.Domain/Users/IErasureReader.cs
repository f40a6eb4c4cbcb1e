using Caas.Domain.Ids;

namespace Caas.Domain.Users;

/// <summary>Finds what a person left behind, for their erasure. Thread-safe.</summary>
public interface IErasureReader
{
    /// <summary>The living conversations in which the user is or was a member or wrote, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<ConversationId>> ListConversationsAsync(
        ClientId clientId, UserId userId, ConversationId? after, int limit, CancellationToken cancellationToken);

    /// <summary>The user's standing messages of a conversation that were sent up to a moment; any of them, not a page.</summary>
    ValueTask<IReadOnlyList<MessageId>> ListMessagesAsync(
        ClientId clientId,
        UserId userId,
        ConversationId conversationId,
        DateTimeOffset sentUntil,
        int limit,
        CancellationToken cancellationToken);
}
