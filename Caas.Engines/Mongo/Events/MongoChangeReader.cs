using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Conversations;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Events;

/// <inheritdoc/>
/// <remarks>A position of the feed is the position of a change in the client's database: the order of the commits.</remarks>
internal sealed class MongoChangeReader(MongoReads reads) : IChangeReader
{
    private const int MembershipsAtOnce = 500;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Change>> ListAsync(
        ClientId clientId, ConversationId conversationId, long afterVersion, int limit, CancellationToken cancellationToken)
    {
        var documents = await reads.FindAsync(
            DatabaseName.Of(clientId), ChangeDocuments.Above(conversationId.Value, afterVersion, limit), cancellationToken);
        return documents.ConvertAll(document => ChangeDocuments.Read(document, clientId));
    }

    /// <inheritdoc/>
    public async ValueTask<FeedPage> ReadFeedAsync(
        ClientId clientId, UserId userId, long since, ConversationId? after, int limit, CancellationToken cancellationToken)
    {
        var name = DatabaseName.Of(clientId);
        var page = await reads.SnapshotAsync(
            name,
            (User: userId, Since: since, After: after, Limit: limit),
            static async (snapshot, state) => new FeedPage(
                ChangeDocuments.PositionOf(await snapshot.FirstAsync(ChangeDocuments.Counter)),
                await EntriesAsync(snapshot, state.User, state.Since, state.After, state.Limit)),
            cancellationToken);

        // Places of changes never move, so they need not be of that moment.
        var versions = await Task.WhenAll(page.Entries.Select(entry =>
            VersionSearch.FindAsync(reads, name, entry.Head, since, cancellationToken)));
        return page with { Entries = [.. page.Entries.Zip(versions, static (entry, version) => entry with { SinceVersion = version })] };
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FeedEntry>> ReadEntriesAsync(
        ClientId clientId, UserId userId, IReadOnlyList<ConversationId> conversationIds, CancellationToken cancellationToken) =>
        reads.SnapshotAsync<(UserId User, IReadOnlyList<ConversationId> Ids), IReadOnlyList<FeedEntry>>(
            DatabaseName.Of(clientId),
            (userId, conversationIds),
            static async (snapshot, state) =>
            {
                var members = await snapshot.FindAsync(MemberDocuments.Some(state.Ids.Select(id => (id, state.User))));
                var views = (await MongoConversationReader.WithHeadsAsync(
                    snapshot, members.ConvertAll(MemberDocuments.Read), static _ => true))
                    .ToDictionary(static view => view.Head.Id);
                return [.. state.Ids.Where(views.ContainsKey).Select(id => Entry(views[id]))];
            },
            cancellationToken);

    private static async Task<List<FeedEntry>> EntriesAsync(
        MongoSnapshot snapshot, UserId user, long since, ConversationId? after, int limit)
    {
        var entries = new List<FeedEntry>();
        while (true)
        {
            var members = await snapshot.FindAsync(MemberDocuments.AllOf(user, after, MembershipsAtOnce));
            if (members.Count == 0)
            {
                return entries;
            }

            entries.AddRange(await ChangedAsync(snapshot, members.ConvertAll(MemberDocuments.Read), since));
            if (entries.Count >= limit || members.Count < MembershipsAtOnce)
            {
                return entries.Count > limit ? entries.GetRange(0, limit) : entries;
            }

            after = MemberDocuments.ConversationOf(members[^1]);
        }
    }

    private static async Task<IEnumerable<FeedEntry>> ChangedAsync(MongoSnapshot snapshot, List<Membership> memberships, long since)
    {
        var documents = await snapshot.FindAsync(
            HeadDocuments.ByIds(memberships.Select(static one => one.ConversationId)) with
            {
                Filter = new BsonDocument
                {
                    { Bson.Key, new BsonDocument("$in", Bson.Ids(memberships.Select(static one => one.ConversationId.Value))) },
                    { "p", Match.Above(since) },
                },
            });
        var heads = documents.Select(HeadDocuments.Read).ToDictionary(static head => head.Id);
        var views = memberships
            .Where(membership => heads.ContainsKey(membership.ConversationId))
            .Select(membership => new MemberView(heads[membership.ConversationId], membership))
            .ToList();

        // Who left before the position was reached learned of it then: nothing that came later is theirs.
        var told = await LeftUntilAsync(snapshot, views, since);
        return views.Where(view => !told.Contains(view.Head.Id)).Select(Entry);
    }

    private static async Task<HashSet<ConversationId>> LeftUntilAsync(MongoSnapshot snapshot, List<MemberView> views, long since)
    {
        var left = views
            .Where(static view => !view.Membership.IsActive)
            .Select(static view => new BsonDocument
            {
                { "l", Bson.Id(view.Head.Id.Value) }, { "v", view.Membership.LeftVersion!.Value },
            })
            .ToList();
        if (left.Count == 0)
        {
            return [];
        }

        var reached = new BsonDocument { { "$or", new BsonArray(left) }, { Bson.Key, Match.NotAbove(since) } };
        var changes = await snapshot.FindAsync(
            new Query(MongoCollections.Changes, reached) with { Fields = new BsonDocument("l", 1) });
        return [.. changes.Select(static change => new ConversationId(change.Id("l")))];
    }

    private static FeedEntry Entry(MemberView view) => new(view.Head, view.Membership, SinceVersion: 0);
}
