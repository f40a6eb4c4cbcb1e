using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>Reads the members of conversations. Thread-safe.</summary>
public interface IMemberReader
{
    /// <summary>Present members in the order of their user ids, with their read positions.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="conversationId">The conversation; an unknown one has no members.</param>
    /// <param name="after">The last user id of the page before; null for the first page.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    ValueTask<IReadOnlyList<Member>> ListAsync(
        ClientId clientId, ConversationId conversationId, UserId? after, int limit, CancellationToken cancellationToken);

    /// <summary>The user's membership, present or past; null where there never was one.</summary>
    ValueTask<Membership?> FindAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken);

    /// <summary>Those of the candidates who share a living conversation with the user.</summary>
    ValueTask<IReadOnlySet<UserId>> SharingAsync(
        ClientId clientId, UserId userId, IReadOnlyList<UserId> candidates, CancellationToken cancellationToken);
}
