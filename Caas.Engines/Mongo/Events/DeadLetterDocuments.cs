using Caas.Domain.Events;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Events;

/// <summary>The documents of <c>dead_letters</c>. Their ids' order is that of their texts.</summary>
internal static class DeadLetterDocuments
{
    // Pages are without the values, which may be large.
    private static readonly BsonDocument WithoutValue = new("value", 0);

    public static Query One(DeadLetterId id) => Query.ByKey(MongoCollections.DeadLetters, Bson.Id(id.Value));

    public static Query Waiting(DeadLetterId? after, int limit)
    {
        var filter = new BsonDocument("t", (int)DeadLetterState.Waiting);
        if (after is { } last)
        {
            filter.Add(Bson.Key, Match.Below(Bson.Id(last.Value)));
        }

        return new Query(MongoCollections.DeadLetters, filter)
        {
            Sort = Match.Descending(Bson.Key),
            Limit = limit,
            Fields = WithoutValue,
        };
    }

    public static BsonDocument OlderThan(DateTimeOffset oldest) => new("failed", Match.Below(Bson.Time(oldest)));

    public static BsonDocument IfWaiting(DeadLetterId id) =>
        new() { { Bson.Key, Bson.Id(id.Value) }, { "t", (int)DeadLetterState.Waiting } };

    public static BsonDocument End(DeadLetterState state) =>
        Match.Set(new BsonDocument("t", (int)state)).Add("$unset", new BsonDocument("value", string.Empty));

    public static BsonDocument Write(DeadLetter letter) => new BsonDocument
    {
        { Bson.Key, Bson.Id(letter.Id.Value) },
        { "topic", letter.Topic },
        { "partition", letter.Partition },
        { "offset", letter.Offset },
        { "key", letter.Key },
        { "consumer", letter.Consumer },
        { "attempts", letter.Attempts },
        { "reason", letter.Reason },
        { "at", Bson.Time(letter.AppendedAt) },
        { "failed", Bson.Time(letter.FailedAt) },
        { "value", Bson.Bytes(letter.Value) },
        { "t", (int)DeadLetterState.Waiting },
    }
        .With("event", letter.EventId)
        .With("tp", letter.TraceParent);

    public static StoredDeadLetter ReadStored(BsonDocument document) => new(Read(document), (DeadLetterState)document.Small("t"));

    public static DeadLetter Read(BsonDocument document) => new()
    {
        Id = new DeadLetterId(document.Id(Bson.Key)),
        Topic = document.Text("topic"),
        Partition = document.Small("partition"),
        Offset = document.Number("offset"),
        Key = document.Text("key"),
        EventId = document.TextOrNull("event"),
        Consumer = document.Text("consumer"),
        Attempts = document.Small("attempts"),
        Reason = document.Text("reason"),
        AppendedAt = document.At("at"),
        FailedAt = document.At("failed"),
        Value = document.Contains("value") ? document.Blob("value") : [],
        TraceParent = document.TextOrNull("tp"),
    };
}
