using System.Collections.ObjectModel;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Messages;

/// <summary>The documents of <c>messages</c>.</summary>
internal static class MessageDocuments
{
    private static readonly ReadOnlyDictionary<string, ReactionCount> NoReactions =
        new(new Dictionary<string, ReactionCount>(StringComparer.Ordinal));

    /// <summary>What makes a send unique, as one value, so that many are looked for in one range set of one index.</summary>
    public static BsonDocument SendOf(ConversationId conversation, UserId sender, string clientMessageId) =>
        new() { { "c", Bson.Id(conversation.Value) }, { "u", sender.Value }, { "m", clientMessageId } };

    public static Query ById(MessageId id) => Query.ByKey(MongoCollections.Messages, Bson.Id(id.Value));

    public static Query ByIds(IEnumerable<MessageId> ids) =>
        Query.ByKeys(MongoCollections.Messages, ids.Select(static id => Bson.Id(id.Value)));

    public static Query BySends(IEnumerable<BsonDocument> sends) => new(MongoCollections.Messages, Match.In("k", sends));

    /// <summary>A range of a conversation, in ascending or descending order.</summary>
    public static Query Range(ConversationId conversation, BsonDocument sequences, bool descending, int limit) =>
        new(MongoCollections.Messages, new BsonDocument { { "k.c", Bson.Id(conversation.Value) }, { "n", sequences } })
        {
            Sort = descending ? Match.Descending("k.c", "n") : Match.Ascending("k.c", "n"),
            Limit = limit,
        };

    /// <summary>Those that answer a message, newest first.</summary>
    public static Query Replies(MessageId id, long before, int limit) =>
        new(MongoCollections.Messages, new BsonDocument { { "reply", Bson.Id(id.Value) }, { "n", Match.Below(before) } })
        {
            Sort = Match.Descending("reply", "n"),
            Limit = limit,
        };

    /// <summary>A sender's standing messages of a conversation: one range of the sends.</summary>
    public static Query Standing(ConversationId conversation, UserId sender, DateTimeOffset until, int limit)
    {
        var prefix = new BsonDocument { { "c", Bson.Id(conversation.Value) }, { "u", sender.Value } };
        var filter = new BsonDocument
        {
            { "k", Match.Prefix(prefix, "m") }, { "deleted", Match.Absent }, { "at", Match.NotAbove(Bson.Time(until)) },
        };
        return new Query(MongoCollections.Messages, filter) { Limit = limit, Fields = new BsonDocument(Bson.Key, 1) };
    }

    /// <summary>All of a conversation.</summary>
    public static BsonDocument Of(ConversationId conversation) => new("k.c", Bson.Id(conversation.Value));

    public static BsonDocument Write(StoredMessage stored)
    {
        var message = stored.Message;
        return new BsonDocument
        {
            { Bson.Key, Bson.Id(message.Id.Value) },
            { "k", SendOf(message.ConversationId, message.SenderId, message.ClientMessageId) },
            { "n", message.Sequence },
            { "leaf", new BsonBinaryData(Convert.FromHexString(message.Leaf)) },
            { "salt", Bson.Bytes(stored.Salt) },
            { "print", Bson.Bytes(stored.Fingerprint) },
            { "v", stored.SentVersion },
            { "edits", stored.Edits },
            { "at", Bson.Time(message.CreatedAt) },
            { "etag", message.Etag },
        }
            .With("text", message.Text)
            .With("files", message.Attachments.Count == 0 ? null : Bson.Ids(message.Attachments.Select(static file => file.Value)))
            .With("reply", message.ReplyTo?.Value)
            .With("mentions", message.Mentions)
            .With("reactions", Reactions(message.Reactions))
            .With("attributes", message.Attributes)
            .With("edited", message.EditedAt)
            .With("deleted", message.DeletedAt)
            .With("pinned", message.PinnedAt);
    }

    public static MessageId Id(BsonDocument document) => new(document.Id(Bson.Key));

    public static long Sequence(BsonDocument document) => document.Number("n");

    public static byte[] Leaf(BsonDocument document) => document.Blob("leaf");

    public static byte[] Salt(BsonDocument document) => document.Blob("salt");

    public static StoredMessage ReadStored(BsonDocument document) =>
        new(Read(document), document.Blob("salt"), document.Blob("print"), document.Number("v"), document.Small("edits"));

    public static Message Read(BsonDocument document)
    {
        var send = document.Document("k");
        return new Message
        {
            Id = Id(document),
            ConversationId = new ConversationId(send.Id("c")),
            Sequence = Sequence(document),
            SenderId = send.User("u"),
            ClientMessageId = send.Text("m"),
            Text = document.TextOrNull("text"),
            Attachments = Files(document),
            ReplyTo = document.IdOrNull("reply") is { } replied ? new MessageId(replied) : null,
            Mentions = document.Users("mentions"),
            Reactions = ReadReactions(document),
            Attributes = document.JsonOrNull("attributes"),
            Leaf = Convert.ToHexStringLower(Leaf(document)),
            CreatedAt = document.At("at"),
            EditedAt = document.AtOrNull("edited"),
            DeletedAt = document.AtOrNull("deleted"),
            PinnedAt = document.AtOrNull("pinned"),
            Etag = document.Text("etag"),
        };
    }

    private static IReadOnlyList<FileId> Files(BsonDocument document) => document.TryGetValue("files", out var files)
        ? [.. files.AsBsonArray.Select(static file => new FileId(file.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard)))]
        : [];

    // An array of pairs: an emoji is not for a field name, and the order stays.
    private static BsonArray? Reactions(IReadOnlyDictionary<string, ReactionCount> reactions) => reactions.Count == 0
        ? null
        : [.. reactions.Select(static pair => new BsonDocument { { "e", pair.Key }, { "n", pair.Value.Count } })];

    private static IReadOnlyDictionary<string, ReactionCount> ReadReactions(BsonDocument document) =>
        document.TryGetValue("reactions", out var reactions)
            ? reactions.AsBsonArray.Select(static one => one.AsBsonDocument).ToDictionary(
                static one => one.Text("e"), static one => new ReactionCount(one.Small("n")), StringComparer.Ordinal)
            : NoReactions;
}
