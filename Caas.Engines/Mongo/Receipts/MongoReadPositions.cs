using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Receipts;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Receipts;

/// <inheritdoc/>
/// <remarks>
/// A position is one document, moved by one conditional update: no transaction. A call that moves nothing writes nothing.
/// </remarks>
internal sealed class MongoReadPositions(MongoReads reads, MongoWrites writes, TimeProvider clock) : IReadPositions
{
    /// <inheritdoc/>
    public async ValueTask<ReadPosition?> AdvanceAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, long sequence, CancellationToken cancellationToken)
    {
        var name = DatabaseName.Of(clientId);
        var present = await FindAsync(name, conversationId, userId, cancellationToken);
        var target = present is null ? 0 : Math.Min(sequence, present.LastSequence);
        if (present is null || present.LastReadSequence >= target)
        {
            return present;
        }

        var moved = await writes.UpdateAsync(
            name,
            MongoCollections.Members,
            MemberDocuments.Behind(conversationId, userId, target),
            MemberDocuments.Advance(target, clock.Now()),
            cancellationToken);

        // Else somebody else moved it as far, or ended the membership, in the meantime.
        return moved
            ? present with { LastReadSequence = target, Moved = true }
            : await FindAsync(name, conversationId, userId, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadPosition>> ListAsync(
        ClientId clientId, UserId userId, DateTimeOffset? movedSince, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId User, DateTimeOffset Since), IReadOnlyList<ReadPosition>>(
            DatabaseName.Of(clientId),
            (userId, movedSince ?? DateTimeOffset.UnixEpoch),
            static async (snapshot, state) =>
            {
                var members = await snapshot.FindAsync(MemberDocuments.PresentOf(state.User));
                var moved = members.FindAll(document => MemberDocuments.MovedAt(document) >= state.Since);
                var views = await MongoConversationReader.WithHeadsAsync(
                    snapshot, moved.ConvertAll(MemberDocuments.Read), static head => head.DeletedAt is null);
                return views.ConvertAll(static view => Read(view));
            },
            cancellationToken);

    private ValueTask<ReadPosition?> FindAsync(
        DatabaseName name, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        reads.SnapshotAsync(
            name,
            (Id: conversationId, User: userId),
            static async (snapshot, state) =>
            {
                var member = await snapshot.FirstAsync(MemberDocuments.One(state.Id, state.User));
                if (member is null || MemberDocuments.Read(member) is not { IsActive: true } membership)
                {
                    return null;
                }

                var views = await MongoConversationReader.WithHeadsAsync(snapshot, [membership], static head => head.DeletedAt is null);
                return views is [var view] ? Read(view) : null;
            },
            cancellationToken);

    private static ReadPosition Read(MemberView view) => new(
        view.Head.Id,
        view.Membership.Member.UserId,
        view.Membership.Member.LastReadSequence ?? 0,
        view.Head.LastSequence,
        Moved: false);
}
