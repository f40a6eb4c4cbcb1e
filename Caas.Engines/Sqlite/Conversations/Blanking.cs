using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Idempotency;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <summary>
/// Removes the content of persons from everywhere in a client's file: rows, the bodies of earlier changes, and the answers
/// that are kept for idempotency keys. (Such a key is then new again; the message's own state answers the repetition.)
/// </summary>
internal static class Blanking
{
    private const int BodiesAtOnce = 256;

    private const string DeleteRevisions = "DELETE FROM revisions WHERE conversation_id = ? AND sequence = ?";

    private const string DeleteAnswers = "DELETE FROM idempotency WHERE subject = ?";

    private const string SelectMessageBodies = """
        SELECT version, body FROM changes WHERE log_id = ?1 AND (version = ?2 OR version IN
            (SELECT version FROM message_changes WHERE conversation_id = ?1 AND sequence = ?3))
        """;

    private const string SelectBodies = """
        SELECT version, body FROM changes WHERE log_id = ? AND version > ? ORDER BY version LIMIT ?
        """;

    private const string UpdateBody = "UPDATE changes SET body = ? WHERE log_id = ? AND version = ?";

    private const string DeleteAllAnswers = "DELETE FROM idempotency WHERE subject >= ? AND subject <= ?";

    private static readonly string[] DeleteAll =
    [
        "DELETE FROM messages WHERE conversation_id = ?",
        "DELETE FROM revisions WHERE conversation_id = ?",
        "DELETE FROM reactions WHERE conversation_id = ?",
        "DELETE FROM message_changes WHERE conversation_id = ?",
        "DELETE FROM merkle_nodes WHERE conversation_id = ?",
    ];

    /// <summary>One message's.</summary>
    public static void Blank(Connection connection, ConversationId conversation, BlankMessage blank)
    {
        connection.Prepare(DeleteRevisions).Bind(conversation.Value).Bind(blank.Sequence).Run();
        connection.Prepare(DeleteAnswers).Bind(IdempotencyRows.SubjectOf(conversation, blank.Sequence)).Run();
        var bodies = Bodies(
            connection.Prepare(SelectMessageBodies).Bind(conversation.Value).Bind(blank.SentVersion).Bind(blank.Sequence));
        Rewrite(connection, conversation, bodies);
    }

    /// <summary>A whole conversation's.</summary>
    public static void Blank(Connection connection, ConversationId conversation)
    {
        foreach (var delete in DeleteAll)
        {
            connection.Prepare(delete).Bind(conversation.Value).Run();
        }

        connection.Prepare(DeleteAllAnswers)
            .Bind(IdempotencyRows.SubjectOf(conversation, 0))
            .Bind(IdempotencyRows.SubjectOf(conversation, long.MaxValue))
            .Run();

        var last = 0L;
        while (true)
        {
            var bodies = Bodies(connection.Prepare(SelectBodies).Bind(conversation.Value).Bind(last).Bind(BodiesAtOnce));
            if (bodies.Count == 0)
            {
                return;
            }

            Rewrite(connection, conversation, bodies);
            last = bodies[^1].Version;
        }
    }

    private static List<(long Version, byte[] Body)> Bodies(Statement row)
    {
        var bodies = new List<(long, byte[])>();
        while (row.Step())
        {
            bodies.Add((row.Int64(0), row.Blob(1).ToArray()));
        }

        return bodies;
    }

    private static void Rewrite(Connection connection, ConversationId conversation, List<(long Version, byte[] Body)> bodies)
    {
        foreach (var (version, body) in bodies)
        {
            connection.Prepare(UpdateBody).Bind(EventJson.Blank(body)).Bind(conversation.Value).Bind(version).Run();
        }
    }
}
