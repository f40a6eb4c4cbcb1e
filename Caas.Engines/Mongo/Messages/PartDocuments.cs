using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Messages;

/// <summary>
/// The documents of <c>revisions</c>, <c>reactions</c>, <c>links</c> and <c>nodes</c>, whose keys begin with the
/// conversation: all of a conversation or of a message is one range.
/// </summary>
internal static class PartDocuments
{
    /// <summary>The collections of a conversation's parts.</summary>
    public static IReadOnlyList<string> Collections { get; } =
        [MongoCollections.Revisions, MongoCollections.Reactions, MongoCollections.Links, MongoCollections.Nodes];

    /// <summary>Everything of a conversation; the field is the one that follows it in the key.</summary>
    public static BsonDocument Of(string collection, ConversationId conversation)
    {
        var next = collection switch
        {
            MongoCollections.Reactions => "u",
            MongoCollections.Nodes => "h",
            _ => "n",
        };
        return new BsonDocument(Bson.Key, Match.Prefix(Start(conversation), next));
    }

    /// <summary>The revisions of one message, oldest first.</summary>
    public static Query RevisionsOf(ConversationId conversation, long sequence) =>
        new(MongoCollections.Revisions, OfMessage(conversation, sequence, "i")) { Sort = Match.Ascending(Bson.Key) };

    /// <summary>The later changes that carry a message's content.</summary>
    public static Query LinksOf(ConversationId conversation, long sequence) =>
        new(MongoCollections.Links, OfMessage(conversation, sequence, "v"));

    /// <summary>A user's own reactions to a range of messages.</summary>
    public static Query ReactionsOf(ConversationId conversation, UserId user, long first, long last)
    {
        var prefix = Start(conversation).Add("u", user.Value);
        var from = new BsonDocument(prefix).Add("n", first).Add("e", BsonMinKey.Value);
        var to = new BsonDocument(prefix).Add("n", last).Add("e", BsonMaxKey.Value);
        return new Query(MongoCollections.Reactions, new BsonDocument(Bson.Key, Match.Between(from, to)));
    }

    /// <summary>Nodes of one height.</summary>
    public static Query NodesOf(ConversationId conversation, int height, long first, long last)
    {
        var prefix = Start(conversation).Add("h", height);
        return new Query(
            MongoCollections.Nodes,
            new BsonDocument(Bson.Key, Match.Between(new BsonDocument(prefix).Add("i", first), new BsonDocument(prefix).Add("i", last))))
        {
            IsOld = true,
        };
    }

    public static BsonDocument OfMessage(ConversationId conversation, long sequence, string next) =>
        new(Bson.Key, Match.Prefix(Start(conversation).Add("n", sequence), next));

    public static BsonDocument ReactionKeyOf(ConversationId conversation, long sequence, ReactionKey key) =>
        Start(conversation).Add("u", key.UserId.Value).Add("n", sequence).Add("e", key.Emoji);

    public static BsonDocument WriteLink(ConversationId conversation, LinkChange link) =>
        new(Bson.Key, Start(conversation).Add("n", link.Sequence).Add("v", link.Version));

    public static BsonDocument WriteNode(ConversationId conversation, MerkleNode node) => new()
    {
        { Bson.Key, Start(conversation).Add("h", node.Height).Add("i", node.Index) },
        { "hash", new BsonBinaryData(node.Hash) },
    };

    public static BsonDocument WriteRevision(ConversationId conversation, long sequence, Revision revision) => new BsonDocument
    {
        { Bson.Key, Start(conversation).Add("n", sequence).Add("i", revision.Number) },
        { "at", Bson.Time(revision.At) },
    }
        .With("text", revision.Text)
        .With("attributes", revision.Attributes)
        .With("mentions", revision.Mentions);

    public static Revision ReadRevision(BsonDocument document) => new(
        document.Document(Bson.Key).Small("i"),
        document.TextOrNull("text"),
        document.JsonOrNull("attributes"),
        document.Users("mentions"),
        document.At("at"));

    public static long LinkedVersion(BsonDocument document) => document.Document(Bson.Key).Number("v");

    public static (long Sequence, string Emoji) ReadReaction(BsonDocument document) =>
        (document.Document(Bson.Key).Number("n"), document.Document(Bson.Key).Text("e"));

    public static (long Index, byte[] Hash) ReadNode(BsonDocument document) =>
        (document.Document(Bson.Key).Number("i"), document.Blob("hash"));

    private static BsonDocument Start(ConversationId conversation) => new("c", Bson.Id(conversation.Value));
}
