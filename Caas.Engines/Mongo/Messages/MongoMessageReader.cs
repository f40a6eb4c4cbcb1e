using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Messages;

/// <inheritdoc/>
/// <remarks>The membership is read in the same moment as what it allows to see.</remarks>
internal sealed class MongoMessageReader(MongoReads reads, ProofReader proofs) : IMessageReader
{
    /// <inheritdoc/>
    public ValueTask<Message?> FindAsync(
        ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken) =>
        reads.SnapshotAsync(
            DatabaseName.Of(clientId),
            (User: userId, Id: messageId),
            static (snapshot, state) => FindAsync(snapshot, state.User, state.Id),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListAsync(
        ClientId clientId, UserId? userId, ConversationId conversationId, MessageRange range, int limit,
        CancellationToken cancellationToken) =>
        reads.SnapshotAsync(
            DatabaseName.Of(clientId),
            (User: userId, Id: conversationId, Range: range, Limit: limit),
            static (snapshot, state) => MessagePages.ReadAsync(snapshot, state.User, state.Id, state.Range, state.Limit),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListRepliesAsync(
        ClientId clientId, UserId? userId, MessageId messageId, long before, int limit, CancellationToken cancellationToken) =>
        reads.SnapshotAsync(
            DatabaseName.Of(clientId),
            (User: userId, Id: messageId, Before: before, Limit: limit),
            static (snapshot, state) => RepliesAsync(snapshot, state.User, state.Id, state.Before, state.Limit),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Revision>> ListRevisionsAsync(
        ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId? User, MessageId Id), IReadOnlyList<Revision>>(
            DatabaseName.Of(clientId),
            (userId, messageId),
            static async (snapshot, state) => await FindAsync(snapshot, state.User, state.Id) is { } message
                ? (await snapshot.FindAsync(PartDocuments.RevisionsOf(message.ConversationId, message.Sequence)))
                    .ConvertAll(PartDocuments.ReadRevision)
                : [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ProofMaterial?> ReadProofAsync(
        ClientId clientId, ConversationId conversationId, long sequence, long count, CancellationToken cancellationToken) =>
        proofs.ReadAsync(DatabaseName.Of(clientId), conversationId, sequence, count, cancellationToken);

    private static async Task<Message?> FindAsync(MongoSnapshot snapshot, UserId? user, MessageId id)
    {
        if (await snapshot.FirstAsync(MessageDocuments.ById(id)) is not { } document)
        {
            return null;
        }

        var message = MessageDocuments.Read(document);
        if (user is { } reader && !await SeesAsync(snapshot, reader, message))
        {
            return null;
        }

        return (await MessagePages.WithMineAsync(snapshot, user, [message]))[0];
    }

    private static async Task<IReadOnlyList<Message>> RepliesAsync(
        MongoSnapshot snapshot, UserId? user, MessageId id, long before, int limit)
    {
        var replies = (await snapshot.FindAsync(MessageDocuments.Replies(id, before, limit))).ConvertAll(MessageDocuments.Read);
        if (replies.Count == 0 || user is not { } reader)
        {
            return replies;
        }

        // All of one conversation, newest first: what is below the member's first is at the end.
        var membership = await MessagePages.MembershipAsync(snapshot, replies[0].ConversationId, reader);
        return membership is null
            ? []
            : await MessagePages.WithMineAsync(
                snapshot, user, replies.FindAll(reply => reply.Sequence >= membership.Member.FromSequence));
    }

    private static async Task<bool> SeesAsync(MongoSnapshot snapshot, UserId user, Message message) =>
        await MessagePages.MembershipAsync(snapshot, message.ConversationId, user) is { } membership
        && message.Sequence >= membership.Member.FromSequence;
}
