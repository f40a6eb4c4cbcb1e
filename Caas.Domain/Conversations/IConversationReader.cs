using Caas.Domain.Ids;
using Caas.Domain.Members;

namespace Caas.Domain.Conversations;

/// <summary>
/// Reads conversations. Every read with a user joins membership: what that user may not see is not found. A read sees
/// every commit that was answered before it began. Thread-safe.
/// </summary>
public interface IConversationReader
{
    /// <summary>The state of a living conversation; null where there is none. For the control plane and the use cases.</summary>
    ValueTask<ConversationHead?> FindAsync(ClientId clientId, ConversationId conversationId, CancellationToken cancellationToken);

    /// <summary>
    /// The conversation and the user's membership in it, both of one moment; null where the conversation does not live
    /// or the user is not a member of it now.
    /// </summary>
    ValueTask<MemberView?> FindAsMemberAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken);

    /// <summary>
    /// The user's living conversations, newest activity first, as answers to them (with last message and unread count).
    /// </summary>
    ValueTask<IReadOnlyList<ConversationListItem>> ListAsync(
        ClientId clientId, UserId userId, ConversationListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The id, version and membership of every living conversation of the user, all of one moment: what a socket joins.
    /// </summary>
    IAsyncEnumerable<MemberView> ListMembershipsAsync(ClientId clientId, UserId userId, CancellationToken cancellationToken);
}

/// <summary>A conversation and one user's place in it, of one moment.</summary>
/// <param name="Head">The conversation.</param>
/// <param name="Membership">The place.</param>
public sealed record MemberView(ConversationHead Head, Membership Membership);

/// <summary>One conversation of a list.</summary>
/// <param name="Conversation">The conversation as the user sees it.</param>
/// <param name="Position">Where the next page begins: activity in milliseconds and id, descending.</param>
public sealed record ConversationListItem(Conversation Conversation, ConversationListPosition Position);

/// <summary>A place in a list of conversations.</summary>
/// <param name="UpdatedAtMs">The activity, in Unix milliseconds.</param>
/// <param name="Id">Tells conversations of one millisecond apart.</param>
public sealed record ConversationListPosition(long UpdatedAtMs, ConversationId Id);

/// <summary>Which conversations a list holds.</summary>
/// <param name="Limit">The most of them.</param>
/// <param name="After">The last of the page before; null for the first page.</param>
/// <param name="Type">Only of this kind; null for all.</param>
/// <param name="UpdatedAfter">Only with newer activity; null for all.</param>
public sealed record ConversationListQuery(
    int Limit, ConversationListPosition? After, ConversationType? Type, DateTimeOffset? UpdatedAfter);
