using System.Buffers.Binary;
using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Idempotency;

/// <summary>The rows of <c>idempotency</c>, which clients' files and the platform's have alike.</summary>
internal static class IdempotencyRows
{
    private const string Select = """
        SELECT fingerprint, status, body, etag, location FROM idempotency WHERE caller = ? AND key = ? AND expires_at > ?
        """;

    private const string Replace = """
        INSERT OR REPLACE INTO idempotency (caller, key, fingerprint, status, body, etag, location, expires_at, subject)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    // A few at each write: as long as keys come, old ones go at least as fast, and no write pays for many.
    private const string Purge = """
        DELETE FROM idempotency WHERE (caller, key) IN
            (SELECT caller, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT 4)
        """;

    /// <summary>The kept answer; null where there is none; <c>idempotency_key_reused</c> where it is another request's.</summary>
    public static Result<StoredAnswer?> Find(Connection connection, IdempotencyKey key, DateTimeOffset now)
    {
        var row = connection.Prepare(Select).Bind(key.Caller).Bind(key.Key).Bind(now);
        if (!row.Step())
        {
            return default(StoredAnswer?);
        }

        Result<StoredAnswer?> found = row.Blob(0).SequenceEqual(key.Fingerprint.Span)
            ? new StoredAnswer(row.Int32(1), row.Blob(2).ToArray(), row.TextOrNull(3), row.TextOrNull(4))
            : KeptAnswers.UsedForAnother;
        row.Reset();
        return found;
    }

    /// <summary>Inside a write: why it must not happen; null where it may.</summary>
    public static Error? Refuse(Connection connection, IdempotencyKey? key, DateTimeOffset now) =>
        key is null ? null : KeptAnswers.Refuse(Find(connection, key, now));

    /// <summary>Keeps an answer, and removes a few that are past their time.</summary>
    public static void Put(
        Connection connection, IdempotencyKey key, StoredAnswer answer, DateTimeOffset now, ReadOnlySpan<byte> subject)
    {
        connection.Prepare(Purge).Bind(now).Run();
        var statement = connection.Prepare(Replace)
            .Bind(key.Caller)
            .Bind(key.Key)
            .Bind(key.Fingerprint.Span)
            .Bind(answer.Status)
            .Bind(answer.Body.Span)
            .Bind(answer.Etag)
            .Bind(answer.Location)
            .Bind(now + KeptAnswers.Lifetime);
        (subject.IsEmpty ? statement.BindNull() : statement.Bind(subject)).Run();
    }

    /// <summary>What a message's answers are found by when it is erased; all of a conversation's begin with its id.</summary>
    public static byte[] SubjectOf(ConversationId conversationId, long sequence)
    {
        var subject = new byte[24];
        conversationId.Value.TryWriteBytes(subject, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(subject.AsSpan(16), sequence);
        return subject;
    }
}
