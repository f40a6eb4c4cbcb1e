using System.Runtime.CompilerServices;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Conversations;

/// <inheritdoc/>
internal sealed class MongoConversationReader(MongoReads reads) : IConversationReader
{
    /// <inheritdoc/>
    public async ValueTask<ConversationHead?> FindAsync(
        ClientId clientId, ConversationId conversationId, CancellationToken cancellationToken)
    {
        var document = await reads.FirstAsync(DatabaseName.Of(clientId), HeadDocuments.ById(conversationId), cancellationToken);
        return document is not null && HeadDocuments.Read(document) is { DeletedAt: null } head ? head : null;
    }

    /// <inheritdoc/>
    public ValueTask<MemberView?> FindAsMemberAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        reads.SnapshotAsync(
            DatabaseName.Of(clientId),
            (Id: conversationId, User: userId),
            static async (snapshot, state) =>
            {
                var member = await snapshot.FirstAsync(MemberDocuments.One(state.Id, state.User));
                if (member is null || MemberDocuments.Read(member) is not { IsActive: true } membership)
                {
                    return null;
                }

                var head = await snapshot.FirstAsync(HeadDocuments.ById(state.Id));
                return head is not null && HeadDocuments.Read(head) is { DeletedAt: null } living
                    ? new MemberView(living, membership)
                    : null;
            },
            cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// The activity of a conversation is in its head, not in each membership: a send would write as many documents as there
    /// are members. So a page reads all of the user's heads; they are few.
    /// </remarks>
    public ValueTask<IReadOnlyList<ConversationListItem>> ListAsync(
        ClientId clientId, UserId userId, ConversationListQuery query, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId User, ConversationListQuery Query), IReadOnlyList<ConversationListItem>>(
            DatabaseName.Of(clientId),
            (userId, query),
            static async (snapshot, state) =>
            {
                var page = Page(await LivingAsync(snapshot, state.User), state.Query).ToList();
                var last = await MessagePages.NewestAsync(snapshot, state.User, page);
                return [.. page.Select(view => ToItem(view, last.GetValueOrDefault(view.Head.Id)))];
            },
            cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<MemberView> ListMembershipsAsync(
        ClientId clientId, UserId userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var views = await reads.SnapshotAsync(
            DatabaseName.Of(clientId), userId, static (snapshot, user) => LivingAsync(snapshot, user), cancellationToken);
        foreach (var view in views)
        {
            yield return view;
        }
    }

    /// <summary>A user's living conversations, with heads and memberships of one moment.</summary>
    private static async Task<List<MemberView>> LivingAsync(MongoSnapshot snapshot, UserId user)
    {
        var members = await snapshot.FindAsync(MemberDocuments.PresentOf(user));
        return await WithHeadsAsync(snapshot, members.ConvertAll(MemberDocuments.Read), static head => head.DeletedAt is null);
    }

    /// <summary>The memberships with their heads, of those whose head fits.</summary>
    internal static async Task<List<MemberView>> WithHeadsAsync(
        MongoSnapshot snapshot, List<Membership> memberships, Func<ConversationHead, bool> fits)
    {
        if (memberships.Count == 0)
        {
            return [];
        }

        var documents = await snapshot.FindAsync(HeadDocuments.ByIds(memberships.Select(static one => one.ConversationId)));
        var heads = documents.Select(HeadDocuments.Read).Where(fits).ToDictionary(static head => head.Id);
        return
        [
            .. memberships
                .Where(membership => heads.ContainsKey(membership.ConversationId))
                .Select(membership => new MemberView(heads[membership.ConversationId], membership)),
        ];
    }

    private static IEnumerable<MemberView> Page(List<MemberView> views, ConversationListQuery query) => views
        .Where(view => query.Type is null || view.Head.Type == query.Type)
        .Where(view => query.UpdatedAfter is not { } time || view.Head.UpdatedAt > time)
        .Where(view => query.After is not { } after || Compare(PositionOf(view.Head), after) < 0)
        .OrderDescending(Comparer<MemberView>.Create(static (one, other) => Compare(PositionOf(one.Head), PositionOf(other.Head))))
        .Take(query.Limit);

    private static int Compare(ConversationListPosition one, ConversationListPosition other)
    {
        var byTime = one.UpdatedAtMs.CompareTo(other.UpdatedAtMs);
        return byTime != 0 ? byTime : one.Id.Value.CompareTo(other.Id.Value);
    }

    private static ConversationListPosition PositionOf(ConversationHead head) => new(head.UpdatedAt.ToUnixTimeMilliseconds(), head.Id);

    private static ConversationListItem ToItem(MemberView view, Message? last)
    {
        var (head, membership) = view;
        var read = membership.Member.LastReadSequence ?? 0;
        var conversation = head.ToConversation() with
        {
            LastMessage = last,
            UnreadCount = head.LastSequence - read,
            LastReadSequence = read,
        };
        return new ConversationListItem(conversation, PositionOf(head));
    }
}
