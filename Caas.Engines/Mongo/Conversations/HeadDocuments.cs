using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>The documents of <c>conversations</c>.</summary>
internal static class HeadDocuments
{
    public static Query ById(ConversationId id) => Query.ByKey(MongoCollections.Conversations, Bson.Id(id.Value));

    public static Query ByIds(IEnumerable<ConversationId> ids) =>
        Query.ByKeys(MongoCollections.Conversations, ids.Select(static id => Bson.Id(id.Value)));

    /// <summary>Those of the ids, and the living direct ones of the pairs.</summary>
    public static Query ByIdsAndPairs(IReadOnlyCollection<ConversationId> ids, IReadOnlyCollection<string> pairs)
    {
        var byIds = ByIds(ids);
        var byPairs = Match.In("direct", pairs.Select(static pair => new BsonString(pair)));
        return pairs.Count == 0
            ? byIds
            : new Query(MongoCollections.Conversations, new BsonDocument("$or", new BsonArray { byIds.Filter, byPairs }));
    }

    /// <summary>Adds the head of a new conversation; another node may be making the one of the same pair.</summary>
    public static void Insert(MongoUnit unit, ConversationHead head, long position) => unit.GuardNew(
        MongoCollections.Conversations, Write(head, position));

    /// <summary>
    /// Replaces the head that was read as <paramref name="before"/>. Where another node has changed it since, the upsert
    /// makes the conversation a second time, which its key refuses, and the transaction ends.
    /// </summary>
    public static void Replace(MongoUnit unit, ConversationHead before, ConversationHead after, long position) =>
        unit.Guard(
            MongoCollections.Conversations,
            new BsonDocument
            {
                { Bson.Key, Bson.Id(before.Id.Value) }, { "v", before.Version }, { "mv", before.MembersVersion },
            },
            Write(after, position));

    public static BsonDocument Write(ConversationHead head, long position) => new BsonDocument
    {
        { Bson.Key, Bson.Id(head.Id.Value) },
        { "t", (int)head.Type },
        { "history", (int)head.History },
        { "encrypted", head.Encrypted },
        { "members", head.MemberCount },
        { "owners", head.OwnerCount },
        { "n", head.LastSequence },
        { "v", head.Version },
        { "mv", head.MembersVersion },
        { "sv", head.SettingsVersion },
        { "leaves", head.Leaves.Count },
        { "peaks", Bson.Bytes(head.Leaves.Peaks) },
        { "p", position },
        { "at", Bson.Time(head.CreatedAt) },
        { "updated", Bson.Time(head.UpdatedAt) },
    }
        .With("direct", head.DirectKey)
        .With("name", head.Name)
        .With("attributes", head.Attributes)
        .With("deleted", head.DeletedAt);

    public static ConversationId Id(BsonDocument document) => new(document.Id(Bson.Key));

    /// <summary>The position of its newest change.</summary>
    public static long Position(BsonDocument document) => document.Number("p");

    public static ConversationHead Read(BsonDocument document) => new()
    {
        Id = Id(document),
        Type = (ConversationType)document.Small("t"),
        DirectKey = document.TextOrNull("direct"),
        Name = document.TextOrNull("name"),
        History = (HistoryAccess)document.Small("history"),
        Encrypted = document.Flag("encrypted"),
        Attributes = document.JsonOrNull("attributes"),
        MemberCount = document.Small("members"),
        OwnerCount = document.Small("owners"),
        LastSequence = document.Number("n"),
        Version = document.Number("v"),
        MembersVersion = document.Number("mv"),
        SettingsVersion = document.Number("sv"),
        Leaves = MerkleFrontier.Restore(document.Number("leaves"), document.Blob("peaks")),
        CreatedAt = document.At("at"),
        UpdatedAt = document.At("updated"),
        DeletedAt = document.AtOrNull("deleted"),
    };
}
