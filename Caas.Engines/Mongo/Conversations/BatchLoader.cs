using Caas.Domain.Conversations;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>
/// The first round trip of a batch: one query a collection, all at once, so that it takes as long as the slowest of them.
/// They are not of one moment, and need not be: whatever a decision reads moves its conversation's version when it
/// changes, and the write is conditional on that. (Reads inside the transaction would come one after the other, and make
/// it, and the time in which others conflict with it, longer.)
/// </summary>
internal static class BatchLoader
{
    public static async Task<BatchState> LoadAsync(
        MongoReads reads, DatabaseName name, IReadOnlyList<QueuedCommit> commits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = new BatchState();
        await Task.WhenAll(Queries(commits).Select(async one =>
        {
            var documents = await reads.FindAsync(name, one.Query, cancellationToken);
            lock (state)
            {
                foreach (var document in documents)
                {
                    one.Load(state, document);
                }
            }
        }));
        if (Reactions(commits, state) is { } reactions)
        {
            // Their keys have the sequence of the message, which is known only now.
            foreach (var document in await reads.FindAsync(name, reactions, cancellationToken))
            {
                LoadReaction(state, document);
            }
        }

        return state;

        void LoadAnswer(BatchState into, BsonDocument document)
        {
            var key = document.Document(Bson.Key);
            var print = document.Blob("print");
            var asked = new IdempotencyKey(key.Text("a"), key.Text("k"), print);
            if (AnswerDocuments.Read(document, asked, now).Value is { } answer)
            {
                into.Load(asked, answer, print);
            }
        }

        IEnumerable<(Query Query, Action<BatchState, BsonDocument> Load)> Queries(IReadOnlyList<QueuedCommit> all) =>
        [
            (ChangeDocuments.Counter, static (into, document) => into.Position = ChangeDocuments.PositionOf(document)),
            (Heads(all), static (into, document) => into.Load(HeadDocuments.Read(document), HeadDocuments.Position(document))),
            .. Messages(all).Select(static query => (query, new Action<BatchState, BsonDocument>(
                static (into, document) => into.Load(MessageDocuments.ReadStored(document))))),
            .. Members(all).Select(static query => (query, new Action<BatchState, BsonDocument>(LoadMember))),
            .. Answers(all).Select(query => (query, new Action<BatchState, BsonDocument>(LoadAnswer))),
        ];
    }

    private static Query Heads(IReadOnlyList<QueuedCommit> commits) => HeadDocuments.ByIdsAndPairs(
        [.. commits.Select(static commit => commit.Id).Distinct()],
        [.. commits.Select(static commit => commit.Needs.DirectKey).OfType<string>().Distinct(StringComparer.Ordinal)]);

    private static IEnumerable<Query> Messages(IReadOnlyList<QueuedCommit> commits)
    {
        var ids = commits.SelectMany(static commit => Asked(commit.Needs)).Distinct().ToList();
        if (ids.Count > 0)
        {
            yield return MessageDocuments.ByIds(ids);
        }

        var sends = commits
            .Where(static commit => commit.Needs.Sent is not null)
            .Select(static commit => (commit.Id, Sent: commit.Needs.Sent!.Value))
            .Distinct()
            .Select(static one => MessageDocuments.SendOf(one.Id, one.Sent.SenderId, one.Sent.ClientMessageId))
            .ToList();
        if (sends.Count > 0)
        {
            yield return MessageDocuments.BySends(sends);
        }
    }

    private static IEnumerable<MessageId> Asked(ConversationNeeds needs)
    {
        if (needs.Message is { } message)
        {
            yield return message;
        }

        if (needs.ReplyTo is { } reply)
        {
            yield return reply;
        }
    }

    private static IEnumerable<Query> Members(IReadOnlyList<QueuedCommit> commits)
    {
        var keys = commits
            .SelectMany(static commit => commit.Needs.Members.Select(user => (commit.Id, user)))
            .Distinct()
            .ToList();
        return keys.Count == 0 ? [] : [MemberDocuments.Some(keys)];
    }

    private static IEnumerable<Query> Answers(IReadOnlyList<QueuedCommit> commits)
    {
        var keys = commits
            .Select(static commit => commit.Conditions.Idempotency?.Key)
            .OfType<IdempotencyKey>()
            .DistinctBy(static key => (key.Caller, key.Key))
            .ToList();
        return keys.Count == 0 ? [] : [AnswerDocuments.Some(keys)];
    }

    private static Query? Reactions(IReadOnlyList<QueuedCommit> commits, BatchState state)
    {
        var keys = new List<BsonDocument>();
        foreach (var commit in commits)
        {
            if (commit.Needs is { Reaction: { } key, Message: { } id } && state.Messages.TryGetValue(id, out var message))
            {
                keys.Add(PartDocuments.ReactionKeyOf(commit.Id, message.Stored.Message.Sequence, key));
            }
        }

        return keys.Count == 0 ? null : Query.ByKeys(MongoCollections.Reactions, keys);
    }

    private static void LoadMember(BatchState into, BsonDocument document)
    {
        var membership = MemberDocuments.Read(document);
        into.Members[(membership.ConversationId, membership.Member.UserId)] = membership;
    }

    private static void LoadReaction(BatchState into, BsonDocument document)
    {
        var key = document.Document(Bson.Key);
        into.LoadReaction(
            new ConversationId(key.Id("c")), key.Number("n"), new ReactionKey(key.User("u"), key.Text("e")));
    }
}
