using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Messages;

/// <summary>The rows of <c>revisions</c>.</summary>
internal static class RevisionRows
{
    private const string InsertRow = """
        INSERT INTO revisions (conversation_id, sequence, number, text, attributes, mentions, at) VALUES (?, ?, ?, ?, ?, ?, ?)
        """;

    private const string Select = """
        SELECT number, text, attributes, mentions, at FROM revisions WHERE conversation_id = ? AND sequence = ? ORDER BY number
        """;

    public static void Insert(Connection connection, ConversationId conversation, long sequence, Revision revision) =>
        connection.Prepare(InsertRow)
            .Bind(conversation.Value)
            .Bind(sequence)
            .Bind(revision.Number)
            .Bind(revision.Text)
            .Bind(revision.Attributes)
            .Bind(revision.Mentions)
            .Bind(revision.At)
            .Run();

    public static List<Revision> List(Connection connection, ConversationId conversation, long sequence)
    {
        var revisions = new List<Revision>();
        var row = connection.Prepare(Select).Bind(conversation.Value).Bind(sequence);
        while (row.Step())
        {
            revisions.Add(new Revision(row.Int32(0), row.TextOrNull(1), row.JsonOrNull(2), row.Users(3), row.Time(4)));
        }

        return revisions;
    }
}
