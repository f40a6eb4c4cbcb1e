using Caas.Domain.Events;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <summary>The rows of <c>dead_letters</c>. Ids are compared as bytes, which is the order of their texts.</summary>
internal static class DeadLetterRows
{
    private const string InsertRow = """
        INSERT INTO dead_letters (id, topic, partition, record_offset, key, event_id, consumer, attempts, reason,
            appended_at, failed_at, value, trace_parent, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO NOTHING
        """;

    private const string DeleteOld = "DELETE FROM dead_letters WHERE failed_at < ?";

    private const string SelectBelow = """
        SELECT id, topic, partition, record_offset, key, event_id, consumer, attempts, reason,
            appended_at, failed_at, x'', trace_parent
        FROM dead_letters WHERE state = 0 AND id < ? ORDER BY id DESC LIMIT ?
        """;

    private const string SelectOne = """
        SELECT id, topic, partition, record_offset, key, event_id, consumer, attempts, reason,
            appended_at, failed_at, value, trace_parent, state
        FROM dead_letters WHERE id = ?
        """;

    private const string EndOne = "UPDATE dead_letters SET state = ?, value = x'' WHERE id = ? AND state = 0";

    public static bool Add(Connection connection, DeadLetter letter, DateTimeOffset oldest)
    {
        connection.Prepare(DeleteOld).Bind(oldest).Run();
        connection.Prepare(InsertRow)
            .Bind(letter.Id.Value)
            .Bind(letter.Topic)
            .Bind(letter.Partition)
            .Bind(letter.Offset)
            .Bind(letter.Key)
            .Bind(letter.EventId)
            .Bind(letter.Consumer)
            .Bind(letter.Attempts)
            .Bind(letter.Reason)
            .Bind(letter.AppendedAt)
            .Bind(letter.FailedAt)
            .Bind(letter.Value.Span)
            .Bind(letter.TraceParent)
            .Run();
        return connection.Changes == 1;
    }

    public static List<DeadLetter> List(Connection connection, DeadLetterId? after, int limit)
    {
        // No UUIDv7 is all ones: the first page is below that.
        var row = connection.Prepare(SelectBelow).Bind(after?.Value ?? Guid.AllBitsSet).Bind(limit);
        var letters = new List<DeadLetter>();
        while (row.Step())
        {
            letters.Add(Read(row));
        }

        return letters;
    }

    public static StoredDeadLetter? Find(Connection connection, DeadLetterId id)
    {
        var row = connection.Prepare(SelectOne).Bind(id.Value);
        var found = row.Step() ? new StoredDeadLetter(Read(row), (DeadLetterState)row.Int32(13)) : null;
        row.Reset();
        return found;
    }

    public static bool End(Connection connection, DeadLetterId id, DeadLetterState state)
    {
        connection.Prepare(EndOne).Bind((long)state).Bind(id.Value).Run();
        return connection.Changes == 1;
    }

    private static DeadLetter Read(Statement row) => new()
    {
        Id = new DeadLetterId(row.Id(0)),
        Topic = row.Text(1),
        Partition = row.Int32(2),
        Offset = row.Int64(3),
        Key = row.Text(4),
        EventId = row.TextOrNull(5),
        Consumer = row.Text(6),
        Attempts = row.Int32(7),
        Reason = row.Text(8),
        AppendedAt = row.Time(9),
        FailedAt = row.Time(10),
        Value = row.Blob(11).ToArray(),
        TraceParent = row.TextOrNull(12),
    };
}
