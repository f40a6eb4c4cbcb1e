using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Members;

/// <inheritdoc/>
internal sealed class MongoMemberReader(MongoReads reads) : IMemberReader
{
    // Times the candidates that is what one answer may have: a user can be in thousands.
    private const int ConversationsAtOnce = 100;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Member>> ListAsync(
        ClientId clientId, ConversationId conversationId, UserId? after, int limit, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(ConversationId Id, UserId? After, int Limit), IReadOnlyList<Member>>(
            DatabaseName.Of(clientId),
            (conversationId, after, limit),
            static async (snapshot, state) =>
            {
                var head = await snapshot.FirstAsync(HeadDocuments.ById(state.Id));
                if (head is null || HeadDocuments.Read(head).DeletedAt is not null)
                {
                    return [];
                }

                var members = await snapshot.FindAsync(MemberDocuments.PresentOf(state.Id, state.After, state.Limit));
                return members.ConvertAll(static document => MemberDocuments.Read(document).Member);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Membership?> FindAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken)
    {
        var document = await reads.FirstAsync(
            DatabaseName.Of(clientId), MemberDocuments.One(conversationId, userId), cancellationToken);
        return document is null ? null : MemberDocuments.Read(document);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<UserId>> SharingAsync(
        ClientId clientId, UserId userId, IReadOnlyList<UserId> candidates, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId User, IReadOnlyList<UserId> Candidates), IReadOnlySet<UserId>>(
            DatabaseName.Of(clientId),
            (userId, candidates),
            static async (snapshot, state) =>
            {
                var own = await snapshot.FindAsync(MemberDocuments.PresentOf(state.User));
                var sharing = new HashSet<UserId>();
                var missing = state.Candidates.ToHashSet();
                foreach (var conversations in own.Select(MemberDocuments.ConversationOf).Chunk(ConversationsAtOnce))
                {
                    var others = await snapshot.FindAsync(MemberDocuments.PresentOf(missing, conversations));
                    var living = await MongoConversationReader.WithHeadsAsync(
                        snapshot, others.ConvertAll(MemberDocuments.Read), static head => head.DeletedAt is null);
                    sharing.UnionWith(living.Select(static view => view.Membership.Member.UserId));
                    missing.ExceptWith(sharing);
                    if (missing.Count == 0)
                    {
                        break;
                    }
                }

                return sharing;
            },
            cancellationToken);
}
