using System.Collections.ObjectModel;
using System.Text.Json;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Messages;

/// <summary>The rows of <c>messages</c>.</summary>
internal static class MessageRows
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order, of the table as <c>s</c>.</summary>
    public const string Columns = """
        s.conversation_id, s.sequence, s.id, s.sender_id, s.client_message_id, s.text, s.attachments, s.reply_to,
        s.mentions, s.reactions, s.attributes, s.leaf, s.created_at, s.edited_at, s.deleted_at, s.pinned_at, s.etag
        """;

    /// <summary>How many columns <see cref="Columns"/> names.</summary>
    public const int ColumnCount = 17;

    private const string StoredColumns = Columns + ", s.salt, s.fingerprint, s.sent_version, s.edits";

    private const string SelectById =
        "SELECT " + StoredColumns + " FROM messages s WHERE s.id = ? AND s.conversation_id = ?";

    private const string SelectBySend = "SELECT " + StoredColumns
        + " FROM messages s WHERE s.conversation_id = ? AND s.sender_id = ? AND s.client_message_id = ?";

    private const string SelectExists = "SELECT 1 FROM messages s WHERE s.id = ? AND s.conversation_id = ?";

    private const string InsertRow = """
        INSERT INTO messages (
            text, attachments, reply_to, mentions, reactions, attributes, salt, fingerprint, edits, edited_at, deleted_at,
            pinned_at, etag, conversation_id, sequence, id, sender_id, client_message_id, leaf, sent_version, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    // What makes a message what it is never changes.
    private const string UpdateRow = """
        UPDATE messages SET
            text = ?, attachments = ?, reply_to = ?, mentions = ?, reactions = ?, attributes = ?, salt = ?, fingerprint = ?,
            edits = ?, edited_at = ?, deleted_at = ?, pinned_at = ?, etag = ?
        WHERE conversation_id = ? AND sequence = ?
        """;

    private static readonly ReadOnlyDictionary<string, ReactionCount> NoReactions =
        new(new Dictionary<string, ReactionCount>(StringComparer.Ordinal));

    public static StoredMessage? Find(Connection connection, ConversationId conversation, MessageId id) =>
        One(connection.Prepare(SelectById).Bind(id.Value).Bind(conversation.Value));

    public static StoredMessage? FindSent(Connection connection, ConversationId conversation, ClientMessageKey key) =>
        One(connection.Prepare(SelectBySend).Bind(conversation.Value).Bind(key.SenderId.Value).Bind(key.ClientMessageId));

    public static bool Exists(Connection connection, ConversationId conversation, MessageId id)
    {
        var row = connection.Prepare(SelectExists).Bind(id.Value).Bind(conversation.Value);
        var exists = row.Step();
        row.Reset();
        return exists;
    }

    public static void Insert(Connection connection, StoredMessage stored)
    {
        var message = stored.Message;
        Span<byte> leaf = stackalloc byte[32];
        Convert.FromHexString(message.Leaf, leaf, out _, out _);
        BindContent(connection.Prepare(InsertRow), stored)
            .Bind(message.ConversationId.Value)
            .Bind(message.Sequence)
            .Bind(message.Id.Value)
            .Bind(message.SenderId.Value)
            .Bind(message.ClientMessageId)
            .Bind(leaf)
            .Bind(stored.SentVersion)
            .Bind(message.CreatedAt)
            .Run();
    }

    public static void Update(Connection connection, StoredMessage stored) =>
        BindContent(connection.Prepare(UpdateRow), stored)
            .Bind(stored.Message.ConversationId.Value)
            .Bind(stored.Message.Sequence)
            .Run();

    /// <summary>The message of a row whose columns begin at <paramref name="at"/>.</summary>
    public static Message Read(Statement row, int at) => new()
    {
        ConversationId = new ConversationId(row.Id(at)),
        Sequence = row.Int64(at + 1),
        Id = new MessageId(row.Id(at + 2)),
        SenderId = UserId.Parse(row.Text(at + 3)),
        ClientMessageId = row.Text(at + 4),
        Text = row.TextOrNull(at + 5),
        Attachments = row.Files(at + 6),
        ReplyTo = row.IdOrNull(at + 7) is { } replied ? new MessageId(replied) : null,
        Mentions = row.Users(at + 8),
        Reactions = ReadReactions(row, at + 9),
        Attributes = row.JsonOrNull(at + 10),
        Leaf = Convert.ToHexStringLower(row.Blob(at + 11)),
        CreatedAt = row.Time(at + 12),
        EditedAt = row.TimeOrNull(at + 13),
        DeletedAt = row.TimeOrNull(at + 14),
        PinnedAt = row.TimeOrNull(at + 15),
        Etag = row.Text(at + 16),
    };

    private static StoredMessage? One(Statement row)
    {
        if (!row.Step())
        {
            return null;
        }

        var stored = new StoredMessage(
            Read(row, 0),
            row.Blob(ColumnCount).ToArray(),
            row.Blob(ColumnCount + 1).ToArray(),
            row.Int64(ColumnCount + 2),
            row.Int32(ColumnCount + 3));
        row.Reset();
        return stored;
    }

    private static Statement BindContent(Statement statement, StoredMessage stored)
    {
        var message = stored.Message;
        statement.Bind(message.Text).Bind(message.Attachments).Bind(message.ReplyTo?.Value).Bind(message.Mentions);
        BindReactions(statement, message.Reactions);
        return statement
            .Bind(message.Attributes)
            .Bind(stored.Salt.Span)
            .Bind(stored.Fingerprint.Span)
            .Bind(stored.Edits)
            .Bind(message.EditedAt)
            .Bind(message.DeletedAt)
            .Bind(message.PinnedAt)
            .Bind(message.Etag);
    }

    private static void BindReactions(Statement statement, IReadOnlyDictionary<string, ReactionCount> reactions)
    {
        if (reactions.Count == 0)
        {
            statement.BindNull();
            return;
        }

        var counts = reactions.ToDictionary(pair => pair.Key, pair => pair.Value.Count, StringComparer.Ordinal);
        statement.BindUtf8(JsonSerializer.SerializeToUtf8Bytes(counts, RowJsonContext.Default.DictionaryStringInt32));
    }

    private static IReadOnlyDictionary<string, ReactionCount> ReadReactions(Statement row, int column)
    {
        if (row.IsNull(column))
        {
            return NoReactions;
        }

        var counts = JsonSerializer.Deserialize(row.Blob(column), RowJsonContext.Default.DictionaryStringInt32) ?? [];
        return counts.ToDictionary(pair => pair.Key, pair => new ReactionCount(pair.Value), StringComparer.Ordinal);
    }
}
