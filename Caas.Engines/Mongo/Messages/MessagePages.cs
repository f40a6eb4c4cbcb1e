using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Engines.Mongo.Members;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Messages;

/// <summary>Pages of a conversation as one user sees them, read in one moment with the membership that allows it.</summary>
internal static class MessagePages
{
    /// <summary>A page, newest first; empty where the user is not a member.</summary>
    public static async Task<IReadOnlyList<Message>> ReadAsync(
        MongoSnapshot snapshot, UserId? user, ConversationId id, MessageRange range, int limit)
    {
        var from = 1L;
        if (user is { } reader)
        {
            if (await MembershipAsync(snapshot, id, reader) is not { } membership)
            {
                return [];
            }

            from = membership.Member.FromSequence;
        }

        var page = range.Kind switch
        {
            MessageRangeKind.Before => await BelowAsync(snapshot, id, from, range.Sequence, limit),
            MessageRangeKind.After => await AboveAsync(snapshot, id, from, range.Sequence, limit),
            MessageRangeKind.Around => await AroundAsync(snapshot, id, from, range.Sequence, limit),
        };
        return await WithMineAsync(snapshot, user, page);
    }

    /// <summary>The membership, where it lasts.</summary>
    public static async Task<Membership?> MembershipAsync(MongoSnapshot snapshot, ConversationId id, UserId user)
    {
        var document = await snapshot.FirstAsync(MemberDocuments.One(id, user));
        return document is not null && MemberDocuments.Read(document) is { IsActive: true } membership ? membership : null;
    }

    /// <summary>The newest message of each conversation, where its member may see it.</summary>
    public static async Task<Dictionary<ConversationId, Message>> NewestAsync(
        MongoSnapshot snapshot, UserId user, List<MemberView> views)
    {
        // The newest has the last number: no order to search, one look-up each, all in one query.
        var wanted = views
            .Where(static view => view.Head.LastSequence >= view.Membership.Member.FromSequence)
            .Select(static view => new BsonDocument { { "k.c", Bson.Id(view.Head.Id.Value) }, { "n", view.Head.LastSequence } })
            .ToList();
        if (wanted.Count == 0)
        {
            return [];
        }

        var found = await snapshot.FindAsync(
            new Query(MongoCollections.Messages, new BsonDocument("$or", new BsonArray(wanted))));
        var newest = new Dictionary<ConversationId, Message>();
        foreach (var message in found.Select(MessageDocuments.Read))
        {
            newest[message.ConversationId] = (await WithMineAsync(snapshot, user, [message]))[0];
        }

        return newest;
    }

    /// <summary>Tells of each reaction whether it is the user's own; the messages are of one conversation, in order.</summary>
    public static async Task<List<Message>> WithMineAsync(MongoSnapshot snapshot, UserId? user, List<Message> page)
    {
        if (user is not { } reader || page.TrueForAll(static message => message.Reactions.Count == 0))
        {
            return page;
        }

        var first = Math.Min(page[0].Sequence, page[^1].Sequence);
        var last = Math.Max(page[0].Sequence, page[^1].Sequence);
        var own = await snapshot.FindAsync(PartDocuments.ReactionsOf(page[0].ConversationId, reader, first, last));
        var mine = own.Select(PartDocuments.ReadReaction).ToHashSet();
        return page.ConvertAll(message => message with
        {
            Reactions = message.Reactions.ToDictionary(
                static pair => pair.Key,
                pair => pair.Value with { Mine = mine.Contains((message.Sequence, pair.Key)) },
                StringComparer.Ordinal),
        });
    }

    private static async Task<List<Message>> AroundAsync(
        MongoSnapshot snapshot, ConversationId id, long from, long sequence, int limit)
    {
        // Each side as much as the whole, then the middle of it: at either end one side makes up for the other.
        var page = await AboveAsync(snapshot, id, from, sequence, limit);
        var newer = page.Count;
        page.AddRange(await BelowAsync(snapshot, id, from, sequence < long.MaxValue ? sequence + 1 : sequence, limit));
        var skipped = Math.Clamp(newer - ((limit - 1) / 2), 0, Math.Max(0, page.Count - limit));
        return page.GetRange(skipped, Math.Min(limit, page.Count - skipped));
    }

    private static Task<List<Message>> BelowAsync(
        MongoSnapshot snapshot, ConversationId id, long from, long sequence, int limit) =>
        RangeAsync(snapshot, id, new BsonDocument { { "$gte", from }, { "$lt", sequence } }, descending: true, limit);

    private static async Task<List<Message>> AboveAsync(
        MongoSnapshot snapshot, ConversationId id, long from, long sequence, int limit)
    {
        var page = await RangeAsync(
            snapshot, id, new BsonDocument { { "$gte", from }, { "$gt", sequence } }, descending: false, limit);
        page.Reverse();
        return page;
    }

    private static async Task<List<Message>> RangeAsync(
        MongoSnapshot snapshot, ConversationId id, BsonDocument sequences, bool descending, int limit) =>
        (await snapshot.FindAsync(MessageDocuments.Range(id, sequences, descending, limit))).ConvertAll(MessageDocuments.Read);
}
