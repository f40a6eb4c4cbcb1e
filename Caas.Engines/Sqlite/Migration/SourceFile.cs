using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>
/// One file of the deployment that is moved, read beside the product that writes it: by a connection that takes no lock and
/// never writes. Used by one caller at a time.
/// </summary>
/// <param name="name">Which.</param>
/// <param name="connection">The connection, which is closed with it.</param>
/// <param name="clock">Says what has ended.</param>
internal sealed class SourceFile(DatabaseName name, Connection connection, TimeProvider clock) : IDisposable
{
    private const int PageRows = 500;
    private const int PageBytes = 4 * 1024 * 1024;

    private const string SelectPosition =
        "SELECT max(coalesce((SELECT max(position) FROM changes), 0), (SELECT relay_position FROM relay))";

    private const string SelectRelayed = "SELECT relay_position FROM relay";

    // The plus has the rows found by their position, which are few, and not read in the order of an index, which are all.
    private const string SelectTouched = """
        SELECT log_id, min(version), sum(type = ?), max(type = ?) FROM changes WHERE position > ? GROUP BY +log_id
        """;

    private const string SelectNaming = """
        SELECT body FROM changes
        WHERE log_id = ? AND version >= ? AND type <> ? AND (type GLOB 'message.*' OR type GLOB 'reaction.*')
        """;

    private const string SelectSequence = "SELECT sequence FROM messages WHERE id = ?";

    private const string SelectLastSequence = "SELECT last_sequence FROM conversations WHERE id = ?";

    private const string SelectVersions = """
        SELECT sent_version FROM messages WHERE conversation_id = ?1 AND sequence = ?2
        UNION SELECT version FROM message_changes WHERE conversation_id = ?1 AND sequence = ?2
        """;

    private DateTimeOffset? _moment;

    public DatabaseName Name => name;

    /// <summary>From now until <see cref="EndMoment"/> everything is read as it is now, and what has ended has ended now.</summary>
    public void BeginMoment()
    {
        _moment = clock.GetUtcNow();
        connection.Prepare("BEGIN").Run();

        // A transaction that reads nothing has no moment yet.
        _ = ReadPosition();
    }

    public void EndMoment()
    {
        connection.Prepare("COMMIT").Run();
        _moment = null;
    }

    /// <summary>The first rows of a range; bounded in number and bytes.</summary>
    public MovedPage Read(MovedRange range) => SqliteRows.Read(
        connection, range, _moment ?? clock.GetUtcNow(), PageRows, PageBytes);

    /// <summary>The position of the newest change that was ever written.</summary>
    public long ReadPosition() => One(connection.Prepare(SelectPosition));

    /// <summary>Up to where the changes are known to be in the event stream.</summary>
    public long ReadRelayed() => One(connection.Prepare(SelectRelayed));

    /// <summary>The logs that have changes after a position.</summary>
    public IReadOnlyList<TouchedLog> ReadTouched(long position)
    {
        var touched = new List<TouchedLog>();
        var row = connection.Prepare(SelectTouched)
            .Bind(EventTypes.MessageSent).Bind(EventTypes.ConversationDeleted).Bind(position);
        while (row.Step())
        {
            touched.Add(new TouchedLog(row.Blob(0).ToArray(), row.Int64(1), row.Int64(2), row.Int64(3) > 0));
        }

        return touched;
    }

    /// <summary>
    /// The messages that the changes of a log tell of otherwise than by their sending; null where they are more than so
    /// many, or where one cannot be told.
    /// </summary>
    public IReadOnlyCollection<TouchedMessage>? ReadNamed(TouchedLog touched, int most)
    {
        var named = new HashSet<TouchedMessage>();
        var reactions = new List<(MessageId Id, string User)>();
        var row = connection.Prepare(SelectNaming).Bind(touched.Log).Bind(touched.FirstVersion).Bind(EventTypes.MessageSent);
        while (row.Step())
        {
            var data = EventJson.Read(row.Blob(0)).Data;
            if (data.Message is { } message)
            {
                named.Add(new TouchedMessage(message.Sequence, null));
            }
            else if (data is { MessageId: { } id, UserId: { } user })
            {
                reactions.Add((id, user.Value));
            }

            if (named.Count + reactions.Count > most)
            {
                row.Reset();
                return null;
            }
        }

        foreach (var (id, user) in reactions)
        {
            if (OneOrNull(connection.Prepare(SelectSequence).Bind(id.Value)) is not { } sequence)
            {
                return null;
            }

            named.Add(new TouchedMessage(sequence, user));
        }

        return named;
    }

    /// <summary>The versions of the changes that carry what a message said: that of its sending, and the linked ones.</summary>
    public IReadOnlyList<long> ReadVersions(byte[] conversation, long sequence)
    {
        var versions = new List<long>();
        var row = connection.Prepare(SelectVersions).Bind(conversation).Bind(sequence);
        while (row.Step())
        {
            versions.Add(row.Int64(0));
        }

        return versions;
    }

    /// <summary>The number of a conversation's newest message; 0 where there is none.</summary>
    public long ReadLastSequence(byte[] conversation) =>
        OneOrNull(connection.Prepare(SelectLastSequence).Bind(conversation)) ?? 0;

    /// <summary>What the heads of a page say of their leaves.</summary>
    public static IEnumerable<HeadLeaves> LeavesOf(MovedPage heads) => heads.Rows.Select(static head => new HeadLeaves(
        new(head.Id("id")),
        head.TimeOrNull("deleted_at") is not null,
        head.Number("last_sequence"),
        MerkleFrontier.Restore(head.Number("leaf_count"), head.Bytes("leaf_peaks"))));

    public void Dispose() => connection.Dispose();

    private static long One(Statement row) => OneOrNull(row) ?? throw new InvalidOperationException("A row is missing.");

    private static long? OneOrNull(Statement row)
    {
        if (!row.Step())
        {
            return null;
        }

        var value = row.Int64(0);
        row.Reset();
        return value;
    }
}
