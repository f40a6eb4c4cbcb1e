using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Members;

/// <summary>The documents of <c>members</c>.</summary>
internal static class MemberDocuments
{
    public static BsonDocument KeyOf(ConversationId conversation, UserId user) =>
        new() { { "c", Bson.Id(conversation.Value) }, { "u", user.Value } };

    public static Query One(ConversationId conversation, UserId user) =>
        Query.ByKey(MongoCollections.Members, KeyOf(conversation, user));

    public static Query Some(IEnumerable<(ConversationId Conversation, UserId User)> keys) =>
        Query.ByKeys(MongoCollections.Members, keys.Select(static key => KeyOf(key.Conversation, key.User)));

    /// <summary>The present members, in the order of their ids.</summary>
    public static Query PresentOf(ConversationId conversation, UserId? after, int limit)
    {
        var prefix = new BsonDocument("c", Bson.Id(conversation.Value));
        var range = new BsonDocument
        {
            { "$gt", new BsonDocument(prefix).Add("u", after?.Value ?? string.Empty) },
            { "$lt", new BsonDocument(prefix).Add("u", BsonMaxKey.Value) },
        };
        return new Query(MongoCollections.Members, new BsonDocument { { Bson.Key, range }, { "lv", Match.Absent } })
        {
            Sort = Match.Ascending(Bson.Key),
            Limit = limit,
        };
    }

    /// <summary>Every membership of a user, past ones included, in the order of the conversations.</summary>
    public static Query AllOf(UserId user) => new(MongoCollections.Members, new BsonDocument("_id.u", user.Value))
    {
        Sort = Match.Ascending("_id.u", "_id.c"),
    };

    /// <summary>The same of present ones.</summary>
    public static Query PresentOf(UserId user) =>
        AllOf(user) with { Filter = new BsonDocument { { "_id.u", user.Value }, { "lv", Match.Absent } } };

    /// <summary>Which of these users are present in which of these conversations.</summary>
    public static Query PresentOf(IEnumerable<UserId> users, IEnumerable<ConversationId> conversations) => new(
        MongoCollections.Members,
        new BsonDocument
        {
            { "_id.u", new BsonDocument("$in", Bson.Texts(users.Select(static user => user.Value))) },
            { "_id.c", new BsonDocument("$in", Bson.Ids(conversations.Select(static id => id.Value))) },
            { "lv", Match.Absent },
        });

    /// <summary>The same above a conversation, a page.</summary>
    public static Query AllOf(UserId user, ConversationId? after, int limit) => AllOf(user) with
    {
        Filter = new BsonDocument { { "_id.u", user.Value }, { "_id.c", Match.Above(Bson.Id(after?.Value ?? Guid.Empty)) } },
        Limit = limit,
    };

    /// <summary>A read position never goes back, also when somebody comes again.</summary>
    public static void Put(MongoUnit unit, Membership membership, Membership? before, DateTimeOffset now)
    {
        var member = membership.Member;
        var read = member.LastReadSequence ?? 0;
        var fields = new BsonDocument
        {
            { "role", (int)member.Role },
            { "joined", Bson.Time(member.JoinedAt) },
            { "from", member.FromSequence },
            { "jv", membership.JoinedVersion },
        }.With("lv", membership.LeftVersion is { } left ? new BsonInt64(left) : null);
        if (before is null || read > (before.Member.LastReadSequence ?? 0))
        {
            fields.Add("moved", Bson.Time(now));
        }

        var update = Match.Set(fields).Add("$max", new BsonDocument("read", read));
        if (membership.LeftVersion is null)
        {
            update.Add("$unset", new BsonDocument("lv", string.Empty));
        }

        unit.Update(MongoCollections.Members, Match.ByKey(KeyOf(membership.ConversationId, member.UserId)), update, upsert: true);
    }

    /// <summary>A membership as it is, with when its read position moved.</summary>
    public static BsonDocument Write(Membership membership, DateTimeOffset moved) => new BsonDocument
    {
        { Bson.Key, KeyOf(membership.ConversationId, membership.Member.UserId) },
        { "role", (int)membership.Member.Role },
        { "joined", Bson.Time(membership.Member.JoinedAt) },
        { "from", membership.Member.FromSequence },
        { "jv", membership.JoinedVersion },
    }
        .With("lv", membership.LeftVersion is { } left ? new BsonInt64(left) : null)
        .Add("moved", Bson.Time(moved))
        .Add("read", membership.Member.LastReadSequence ?? 0);

    /// <summary>The present member whose position is behind.</summary>
    public static BsonDocument Behind(ConversationId conversation, UserId user, long sequence) => new()
    {
        { Bson.Key, KeyOf(conversation, user) }, { "lv", Match.Absent }, { "read", Match.Below(sequence) },
    };

    public static BsonDocument Advance(long sequence, DateTimeOffset now) =>
        Match.Set(new BsonDocument { { "read", sequence }, { "moved", Bson.Time(now) } });

    public static ConversationId ConversationOf(BsonDocument document) => new(document.Document(Bson.Key).Id("c"));

    public static DateTimeOffset MovedAt(BsonDocument document) => document.At("moved");

    public static Membership Read(BsonDocument document)
    {
        var key = document.Document(Bson.Key);
        return new Membership(
            new ConversationId(key.Id("c")),
            new Member
            {
                UserId = key.User("u"),
                Role = (MemberRole)document.Small("role"),
                JoinedAt = document.At("joined"),
                FromSequence = document.Number("from"),
                LastReadSequence = document.Number("read"),
            },
            document.Number("jv"),
            document.NumberOrNull("lv"));
    }
}
