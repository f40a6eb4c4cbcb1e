using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Idempotency;

/// <summary>
/// The documents of <c>idempotency</c>, in both kinds of databases. The server removes them some time after their end; until
/// then the end is checked here.
/// </summary>
internal static class AnswerDocuments
{
    public static BsonDocument KeyOf(IdempotencyKey key) => new() { { "a", key.Caller }, { "k", key.Key } };

    public static Query One(IdempotencyKey key) => Query.ByKey(MongoCollections.Idempotency, KeyOf(key));

    public static Query Some(IEnumerable<IdempotencyKey> keys) =>
        Query.ByKeys(MongoCollections.Idempotency, keys.Select(KeyOf));

    /// <summary>The answers that show a message, or for 0 the conversation itself.</summary>
    public static BsonDocument Showing(ConversationId conversation, long sequence) =>
        new() { { "c", Bson.Id(conversation.Value) }, { "n", sequence } };

    /// <summary>The answers that show anything of a conversation.</summary>
    public static BsonDocument Showing(ConversationId conversation) => new("c", Bson.Id(conversation.Value));

    /// <summary>
    /// Keeps an answer, over one that is past its time. One that is not makes the upsert a second document of its key: it
    /// is refused, and the transaction ends.
    /// </summary>
    public static void Put(
        MongoUnit unit, IdempotencyKey key, StoredAnswer answer, DateTimeOffset now, (ConversationId Id, long Sequence)? subject)
    {
        unit.Replace(
            MongoCollections.Idempotency,
            new BsonDocument { { Bson.Key, KeyOf(key) }, { "ends", Match.NotAbove(Bson.Time(now)) } },
            Write(key, answer, now + KeptAnswers.Lifetime, subject),
            upsert: true);
    }

    public static BsonDocument Write(
        IdempotencyKey key, StoredAnswer answer, DateTimeOffset ends, (ConversationId Id, long Sequence)? subject)
    {
        var document = new BsonDocument
        {
            { Bson.Key, KeyOf(key) },
            { "print", Bson.Bytes(key.Fingerprint) },
            { "status", answer.Status },
            { "body", Bson.Bytes(answer.Body) },
            { "ends", Bson.Time(ends) },
        }
            .With("etag", answer.Etag)
            .With("location", answer.Location);
        if (subject is { } shown)
        {
            document.AddRange(Showing(shown.Id, shown.Sequence));
        }

        return document;
    }

    /// <summary>The kept answer; null where there is none; <c>idempotency_key_reused</c> where it is another request's.</summary>
    public static Result<StoredAnswer?> Read(BsonDocument? document, IdempotencyKey key, DateTimeOffset now)
    {
        if (document is null || document.At("ends") <= now)
        {
            return default(StoredAnswer?);
        }

        return document.Blob("print").AsSpan().SequenceEqual(key.Fingerprint.Span)
            ? new StoredAnswer(
                document.Small("status"), document.Blob("body"), document.TextOrNull("etag"), document.TextOrNull("location"))
            : KeptAnswers.UsedForAnother;
    }

    /// <summary>Inside a transaction: why it must not be; null where it may.</summary>
    public static async Task<Error?> RefuseAsync(MongoUnit unit, IdempotencyKey? key, DateTimeOffset now) =>
        key is null ? null : KeptAnswers.Refuse(Read(await unit.FirstAsync(One(key)), key, now));
}
