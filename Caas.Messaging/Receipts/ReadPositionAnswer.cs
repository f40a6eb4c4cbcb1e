using Caas.Domain.Ids;
using Caas.Domain.Receipts;

namespace Caas.Messaging.Receipts;

/// <summary>The caller's read position after they marked.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="LastReadSequence">The last message read.</param>
/// <param name="UnreadCount">How many messages are above it.</param>
internal sealed record ReadPositionAnswer(ConversationId ConversationId, long LastReadSequence, long UnreadCount)
{
    /// <summary>The position as an answer.</summary>
    public static ReadPositionAnswer Of(ReadPosition position) =>
        new(position.ConversationId, position.LastReadSequence, position.UnreadCount);
}
