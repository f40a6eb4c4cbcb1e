using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Tests.Faults;

/// <summary>What stands in a file, read past the product's own code.</summary>
internal static class RecoveredRows
{
    private const string SelectMessages = "SELECT conversation_id, sequence, client_message_id, text FROM messages";

    private const string SelectChanges = """
        SELECT log_id, version, type, position <= (SELECT relay_position FROM relay) FROM changes ORDER BY log_id, version
        """;

    // Each log 1, 2, 3 ... without gaps, and the head says where it ends; the same for the messages of each conversation.
    private const string SelectGaps = """
        SELECT 'conversation ' || hex(c.id) || ' has ' || (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)
            || ' messages up to ' || (SELECT max(sequence) FROM messages m WHERE m.conversation_id = c.id)
            || ', its head says ' || c.last_sequence
        FROM conversations c
        WHERE c.last_sequence <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)
            OR c.last_sequence <> coalesce((SELECT max(sequence) FROM messages m WHERE m.conversation_id = c.id), 0)
        UNION ALL
        SELECT 'conversation ' || hex(c.id) || ' has changes up to ' || (SELECT max(version) FROM changes h WHERE h.log_id = c.id)
            || ', its head says ' || c.version
        FROM conversations c
        WHERE c.version <> (SELECT count(*) FROM changes h WHERE h.log_id = c.id)
            OR c.version <> (SELECT max(version) FROM changes h WHERE h.log_id = c.id)
        """;

    public static string Check(Connection file)
    {
        var row = file.Prepare("PRAGMA integrity_check");
        row.Step();
        var answer = row.Text(0);
        row.Reset();
        return answer;
    }

    public static List<RecoveredMessage> Messages(Connection file)
    {
        var messages = new List<RecoveredMessage>();
        var row = file.Prepare(SelectMessages);
        while (row.Step())
        {
            messages.Add(new RecoveredMessage(
                new ConversationId(row.Id(0)).ToString(), row.Int64(1), row.Text(2), row.TextOrNull(3) ?? ""));
        }

        return messages;
    }

    /// <summary>The changes of a client's file, or (for null) of the platform's, and whether the relay calls them done.</summary>
    public static List<(ChangeKey Key, bool IsRelayed)> Changes(Connection file, ClientId? client)
    {
        var changes = new List<(ChangeKey, bool)>();
        var row = file.Prepare(SelectChanges);
        while (row.Step())
        {
            var log = row.Id(0);
            var key = new ChangeKey(
                client ?? new ClientId(log),
                client is null || log == Guid.Empty ? null : new ConversationId(log),
                row.Int64(1),
                row.Text(2));
            changes.Add((key, row.Int64(3) == 1));
        }

        return changes;
    }

    public static List<string> Gaps(Connection file)
    {
        var gaps = new List<string>();
        var row = file.Prepare(SelectGaps);
        while (row.Step())
        {
            gaps.Add(row.Text(0));
        }

        return gaps;
    }
}
