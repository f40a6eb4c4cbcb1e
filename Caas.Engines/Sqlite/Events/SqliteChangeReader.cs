using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Conversations;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <inheritdoc/>
/// <remarks>A position of the feed is the position of a change in the client's file: the order of the commits.</remarks>
internal sealed class SqliteChangeReader(DatabaseSet databases) : IChangeReader
{
    private const string SelectLog = "SELECT " + ChangeRows.Columns
        + " FROM changes WHERE log_id = ? AND version > ? ORDER BY version LIMIT ?";

    private const string SelectLast = "SELECT coalesce(max(position), 0) FROM changes";

    private const string SelectPosition = "SELECT position FROM changes WHERE log_id = ? AND version = ?";

    private const string SelectEntries = "SELECT " + HeadRows.Columns + ", " + MemberRows.Columns + """

        FROM members m CROSS JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ?1
        """;

    // Who left before the position was reached learned of it then: nothing that came later is theirs.
    private const string SelectFeed = SelectEntries + """
         AND m.conversation_id > ?2 AND c.last_position > ?3 AND (m.left_version IS NULL OR ?3 < (
            SELECT h.position FROM changes h WHERE h.log_id = m.conversation_id AND h.version = m.left_version))
        ORDER BY m.conversation_id LIMIT ?4
        """;

    private const string SelectEntry = SelectEntries + " AND m.conversation_id = ?2";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Change>> ListAsync(
        ClientId clientId, ConversationId conversationId, long afterVersion, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(ClientId Client, ConversationId Id, long After, int Limit), IReadOnlyList<Change>>(
            DatabaseName.Of(clientId),
            (clientId, conversationId, afterVersion, limit),
            static (connection, state) => ReadLog(connection, state.Client, state.Id, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FeedPage> ReadFeedAsync(
        ClientId clientId, UserId userId, long since, ConversationId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            (User: userId, Since: since, After: after, Limit: limit),
            static (connection, state) => ReadFeed(connection, state.User, state.Since, state.After, state.Limit),
            absent: new FeedPage(0, []),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FeedEntry>> ReadEntriesAsync(
        ClientId clientId, UserId userId, IReadOnlyList<ConversationId> conversationIds, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, IReadOnlyList<ConversationId> Ids), IReadOnlyList<FeedEntry>>(
            DatabaseName.Of(clientId),
            (userId, conversationIds),
            static (connection, state) => ReadEntries(connection, state.User, state.Ids),
            absent: [],
            cancellationToken);

    private static List<Change> ReadLog(Connection connection, ClientId client, ConversationId id, long after, int limit)
    {
        var changes = new List<Change>();
        var row = connection.Prepare(SelectLog).Bind(id.Value).Bind(after).Bind(limit);
        while (row.Step())
        {
            changes.Add(ChangeRows.Read(row, 0, client));
        }

        return changes;
    }

    private static FeedPage ReadFeed(Connection connection, UserId user, long since, ConversationId? after, int limit)
    {
        var last = connection.Prepare(SelectLast);
        last.Step();
        var position = last.Int64(0);
        last.Reset();

        var row = connection.Prepare(SelectFeed).Bind(user.Value);
        row = after is { } id ? row.Bind(id.Value) : row.Bind([]);
        var entries = Entries(row.Bind(since).Bind(limit));
        return new FeedPage(
            position,
            [.. entries.Select(entry => entry with { SinceVersion = VersionAt(connection, entry, since) })]);
    }

    private static List<FeedEntry> ReadEntries(Connection connection, UserId user, IReadOnlyList<ConversationId> ids)
    {
        var entries = new List<FeedEntry>();
        foreach (var id in ids)
        {
            entries.AddRange(Entries(connection.Prepare(SelectEntry).Bind(user.Value).Bind(id.Value)));
        }

        return entries;
    }

    private static List<FeedEntry> Entries(Statement row)
    {
        var entries = new List<FeedEntry>();
        while (row.Step())
        {
            entries.Add(new FeedEntry(HeadRows.Read(row, 0), MemberRows.Read(row, HeadRows.ColumnCount), SinceVersion: 0));
        }

        return entries;
    }

    // Versions have no gaps and positions rise with them, so the version at a position is found by halving: about
    // twenty look-ups in the index for a million changes, exact at any distance.
    private static long VersionAt(Connection connection, FeedEntry entry, long since)
    {
        var low = 0L;
        var high = since == 0 ? 0 : entry.Head.Version;
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var row = connection.Prepare(SelectPosition).Bind(entry.Head.Id.Value).Bind(middle);
            var reached = row.Step() && row.Int64(0) <= since;
            row.Reset();
            (low, high) = reached ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
