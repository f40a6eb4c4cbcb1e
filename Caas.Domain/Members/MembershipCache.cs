using Caas.Domain.Caching;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>
/// Who is what in which conversation, from memory. What it gives may be old: a decision that allows is committed on the
/// condition of its <c>membersVersion</c>, a decision that refuses is made again from the store. Thread-safe.
/// </summary>
/// <param name="reader">The store.</param>
public sealed class MembershipCache(IConversationReader reader)
{
    private const int Capacity = 50_000;

    private readonly GenerationalCache<(ClientId Client, ConversationId Conversation, UserId User), MemberView> _views = new(Capacity);

    /// <summary>The conversation and the user's place in it, perhaps old; null where the user is not a member now.</summary>
    public ValueTask<MemberView?> FindAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        _views.TryGet((clientId, conversationId, userId), out var view)
            ? new ValueTask<MemberView?>(view)
            : ReadAsync(clientId, conversationId, userId, cancellationToken);

    /// <summary>The same from the store.</summary>
    public async ValueTask<MemberView?> ReadAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken)
    {
        var view = await reader.FindAsMemberAsync(clientId, conversationId, userId, cancellationToken);
        if (view is null)
        {
            _views.Remove((clientId, conversationId, userId));
        }
        else
        {
            _views.Set((clientId, conversationId, userId), view);
        }

        return view;
    }
}
