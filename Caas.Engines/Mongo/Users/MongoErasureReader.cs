using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Users;

/// <inheritdoc/>
/// <remarks>A membership stays after its end, and only members write: the memberships name every conversation.</remarks>
internal sealed class MongoErasureReader(MongoReads reads) : IErasureReader
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversationId>> ListConversationsAsync(
        ClientId clientId, UserId userId, ConversationId? after, int limit, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId User, ConversationId? After, int Limit), IReadOnlyList<ConversationId>>(
            DatabaseName.Of(clientId),
            (userId, after, limit),
            static (snapshot, state) => LivingAsync(snapshot, state.User, state.After, state.Limit),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MessageId>> ListMessagesAsync(
        ClientId clientId,
        UserId userId,
        ConversationId conversationId,
        DateTimeOffset sentUntil,
        int limit,
        CancellationToken cancellationToken) =>
        (await reads.FindAsync(
            DatabaseName.Of(clientId), MessageDocuments.Standing(conversationId, userId, sentUntil, limit), cancellationToken))
            .ConvertAll(MessageDocuments.Id);

    // A full page means that there may be more: so deleted ones in between must not make a page short.
    private static async Task<IReadOnlyList<ConversationId>> LivingAsync(
        MongoSnapshot snapshot, UserId user, ConversationId? after, int limit)
    {
        var living = new List<ConversationId>();
        while (true)
        {
            var members = await snapshot.FindAsync(MemberDocuments.AllOf(user, after, limit));
            var views = await MongoConversationReader.WithHeadsAsync(
                snapshot, members.ConvertAll(MemberDocuments.Read), static head => head.DeletedAt is null);
            living.AddRange(views.Select(static view => view.Head.Id));
            if (living.Count >= limit || members.Count < limit)
            {
                return living.Count > limit ? living.GetRange(0, limit) : living;
            }

            after = MemberDocuments.ConversationOf(members[^1]);
        }
    }
}
