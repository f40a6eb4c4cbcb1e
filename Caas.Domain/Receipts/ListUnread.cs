using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;

namespace Caas.Domain.Receipts;

/// <summary>How much the caller has not read: computed from two numbers of each conversation, never counted up and down.</summary>
public sealed class ListUnread(IReadPositions positions)
{
    /// <summary>Lists; <c>user_required</c>.</summary>
    public async ValueTask<Result<UnreadAnswer>> ExecuteAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var all = await positions.ListAsync(caller.ClientId, user, movedSince: null, cancellationToken);
        var unread = all
            .Where(position => position.UnreadCount > 0)
            .Select(position => new UnreadConversation(position.ConversationId, position.UnreadCount, position.LastReadSequence))
            .ToList();
        return new UnreadAnswer(unread.Sum(one => one.UnreadCount), unread.Count, unread);
    }
}

/// <summary>What the caller has not read.</summary>
/// <param name="TotalUnreadCount">Messages, over all conversations.</param>
/// <param name="UnreadConversationCount">Conversations that have any.</param>
/// <param name="Conversations">Those conversations.</param>
public sealed record UnreadAnswer(
    long TotalUnreadCount, int UnreadConversationCount, IReadOnlyList<UnreadConversation> Conversations);

/// <summary>A conversation with unread messages.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="UnreadCount">How many.</param>
/// <param name="LastReadSequence">The caller's read position.</param>
public sealed record UnreadConversation(ConversationId ConversationId, long UnreadCount, long LastReadSequence);
