using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Messages;

/// <summary>
/// Pages of a conversation as one user sees them. With a user the membership is part of each statement; without one
/// (the control plane) there is none.
/// </summary>
internal static class MessagePages
{
    private const string OfMember = "SELECT " + MessageRows.Columns + """

        FROM members m CROSS JOIN messages s ON s.conversation_id = m.conversation_id AND s.sequence >= m.from_sequence
        WHERE m.conversation_id = ?1 AND m.user_id = ?4 AND m.left_version IS NULL
        """;

    private const string OfAll = "SELECT " + MessageRows.Columns + " FROM messages s WHERE s.conversation_id = ?1 AND ?4 IS NULL";

    private const string Below = " AND s.sequence < ?2 ORDER BY s.sequence DESC LIMIT ?3";
    private const string Above = " AND s.sequence > ?2 ORDER BY s.sequence LIMIT ?3";

    private const string SelectBelowOfMember = OfMember + Below;
    private const string SelectBelowOfAll = OfAll + Below;
    private const string SelectAboveOfMember = OfMember + Above;
    private const string SelectAboveOfAll = OfAll + Above;

    private const string SelectMine = """
        SELECT sequence, emoji FROM reactions WHERE conversation_id = ? AND user_id = ? AND sequence BETWEEN ? AND ?
        """;

    /// <summary>A page, newest first.</summary>
    public static List<Message> Read(Connection connection, UserId? user, ConversationId id, MessageRange range, int limit)
    {
        var page = range.Kind switch
        {
            MessageRangeKind.Before => ReadBelow(connection, user, id, range.Sequence, limit),
            MessageRangeKind.After => ReadAbove(connection, user, id, range.Sequence, limit),
            MessageRangeKind.Around => ReadAround(connection, user, id, range.Sequence, limit),
        };
        return WithMine(connection, user, page);
    }

    /// <summary>The newest message that the member may see; null where there is none.</summary>
    public static Message? Newest(Connection connection, UserId user, ConversationId id)
    {
        var page = ReadBelow(connection, user, id, long.MaxValue, 1);
        return page.Count == 0 ? null : WithMine(connection, user, page)[0];
    }

    /// <summary>Tells of each reaction whether it is the user's own; the messages are of one conversation, in order.</summary>
    public static List<Message> WithMine(Connection connection, UserId? user, List<Message> page)
    {
        if (user is not { } reader || page.TrueForAll(static message => message.Reactions.Count == 0))
        {
            return page;
        }

        var mine = ReadMine(connection, reader, page);
        for (var i = 0; i < page.Count; i++)
        {
            var message = page[i];
            page[i] = message with
            {
                Reactions = message.Reactions.ToDictionary(
                    pair => pair.Key,
                    pair => pair.Value with { Mine = mine.Contains((message.Sequence, pair.Key)) },
                    StringComparer.Ordinal),
            };
        }

        return page;
    }

    private static HashSet<(long, string)> ReadMine(Connection connection, UserId user, List<Message> page)
    {
        var mine = new HashSet<(long, string)>();
        var row = connection.Prepare(SelectMine)
            .Bind(page[0].ConversationId.Value)
            .Bind(user.Value)
            .Bind(Math.Min(page[0].Sequence, page[^1].Sequence))
            .Bind(Math.Max(page[0].Sequence, page[^1].Sequence));
        while (row.Step())
        {
            mine.Add((row.Int64(0), row.Text(1)));
        }

        return mine;
    }

    private static List<Message> ReadAround(Connection connection, UserId? user, ConversationId id, long sequence, int limit)
    {
        // Each side as much as the whole, then the middle of it: at either end one side makes up for the other.
        var page = ReadAbove(connection, user, id, sequence, limit);
        var newer = page.Count;
        page.AddRange(ReadBelow(connection, user, id, sequence + 1, limit));
        var skipped = Math.Clamp(newer - ((limit - 1) / 2), 0, Math.Max(0, page.Count - limit));
        return page.GetRange(skipped, Math.Min(limit, page.Count - skipped));
    }

    private static List<Message> ReadBelow(Connection connection, UserId? user, ConversationId id, long sequence, int limit) =>
        Rows(connection.Prepare(user is null ? SelectBelowOfAll : SelectBelowOfMember), user, id, sequence, limit);

    private static List<Message> ReadAbove(Connection connection, UserId? user, ConversationId id, long sequence, int limit)
    {
        var page = Rows(connection.Prepare(user is null ? SelectAboveOfAll : SelectAboveOfMember), user, id, sequence, limit);
        page.Reverse();
        return page;
    }

    private static List<Message> Rows(Statement row, UserId? user, ConversationId id, long sequence, int limit)
    {
        var page = new List<Message>();
        row.Bind(id.Value).Bind(sequence).Bind(limit).Bind(user?.Value);
        while (row.Step())
        {
            page.Add(MessageRows.Read(row, 0));
        }

        return page;
    }
}
