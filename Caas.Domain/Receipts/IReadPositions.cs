using Caas.Domain.Ids;

namespace Caas.Domain.Receipts;

/// <summary>How far each member has read: a state that is kept, but no change of the conversation. Thread-safe.</summary>
public interface IReadPositions
{
    /// <summary>
    /// Moves the member's position forward to at least <paramref name="sequence"/>, capped at the conversation's last;
    /// never back. Durable when it completes. Null where the user is not a member now.
    /// </summary>
    ValueTask<ReadPosition?> AdvanceAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, long sequence, CancellationToken cancellationToken);

    /// <summary>The user's positions in their living conversations; with a time only those that moved at or after it.</summary>
    ValueTask<IReadOnlyList<ReadPosition>> ListAsync(
        ClientId clientId, UserId userId, DateTimeOffset? movedSince, CancellationToken cancellationToken);
}

/// <summary>How far a member has read.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="UserId">The member.</param>
/// <param name="LastReadSequence">The position.</param>
/// <param name="LastSequence">The newest message at that moment.</param>
/// <param name="Moved">Whether this call moved it.</param>
public sealed record ReadPosition(
    ConversationId ConversationId, UserId UserId, long LastReadSequence, long LastSequence, bool Moved)
{
    /// <summary>How many messages are above the position.</summary>
    public long UnreadCount => LastSequence - LastReadSequence;
}
