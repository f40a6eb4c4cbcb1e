using Caas.Domain.Ids;

namespace Caas.Domain.Events;

/// <summary>Reads the changes of conversations: for devices that catch up and for nodes that missed something. Thread-safe.</summary>
public interface IChangeReader
{
    /// <summary>
    /// The changes of one conversation above a version, in order. For nodes, which know who may see them; a deleted
    /// conversation still has them.
    /// </summary>
    ValueTask<IReadOnlyList<Change>> ListAsync(
        ClientId clientId, ConversationId conversationId, long afterVersion, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What happened in conversations that the user is or was a member of, since a position of the feed: which of them
    /// changed, with what they are now. Everything that was committed before the call is in it; some of what was there
    /// before may be in it again.
    /// </summary>
    /// <param name="clientId">The client.</param>
    /// <param name="userId">The user.</param>
    /// <param name="since">A position; 0 for everything.</param>
    /// <param name="after">The last conversation of the page before; null for the first page.</param>
    /// <param name="limit">The most conversations.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    ValueTask<FeedPage> ReadFeedAsync(
        ClientId clientId, UserId userId, long since, ConversationId? after, int limit, CancellationToken cancellationToken);

    /// <summary>The same, of these conversations, for a device that names the versions it knows.</summary>
    ValueTask<IReadOnlyList<FeedEntry>> ReadEntriesAsync(
        ClientId clientId, UserId userId, IReadOnlyList<ConversationId> conversationIds, CancellationToken cancellationToken);
}

/// <summary>A part of a user's feed.</summary>
/// <param name="Position">The position of the feed at the moment of the read: what the next sync begins at.</param>
/// <param name="Entries">The conversations, in the order of their ids.</param>
public sealed record FeedPage(long Position, IReadOnlyList<FeedEntry> Entries);

/// <summary>A conversation that changed, from one user's side.</summary>
/// <param name="Head">What it is now; <c>DeletedAt</c> where it was deleted.</param>
/// <param name="Membership">The user's membership, present or past.</param>
/// <param name="SinceVersion">
/// The newest version of the conversation at or before the position that the feed was read from; what a device that
/// was in step then knows. 0 where the conversation is newer.
/// </param>
public sealed record FeedEntry(
    Conversations.ConversationHead Head, Members.Membership Membership, long SinceVersion);
