using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Messages;

/// <inheritdoc/>
internal sealed class SqliteMessageReader(DatabaseSet databases) : IMessageReader
{
    private const string SelectOne = "SELECT " + MessageRows.Columns + """

        FROM messages s CROSS JOIN members m ON m.conversation_id = s.conversation_id AND m.from_sequence <= s.sequence
        WHERE s.id = ?1 AND m.user_id = ?2 AND m.left_version IS NULL
        """;

    private const string SelectOneOfAll = "SELECT " + MessageRows.Columns + " FROM messages s WHERE s.id = ?1 AND ?2 IS NULL";

    private const string SelectReplies = "SELECT " + MessageRows.Columns + """

        FROM messages s CROSS JOIN members m ON m.conversation_id = s.conversation_id AND m.from_sequence <= s.sequence
        WHERE s.reply_to = ?1 AND s.sequence < ?2 AND m.user_id = ?4 AND m.left_version IS NULL
        ORDER BY s.sequence DESC LIMIT ?3
        """;

    private const string SelectRepliesOfAll = "SELECT " + MessageRows.Columns + """

        FROM messages s WHERE s.reply_to = ?1 AND s.sequence < ?2 AND ?4 IS NULL ORDER BY s.sequence DESC LIMIT ?3
        """;

    /// <inheritdoc/>
    public ValueTask<Message?> FindAsync(
        ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            (User: userId, Id: messageId),
            static (connection, state) => Find(connection, state.User, state.Id),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListAsync(
        ClientId clientId, UserId? userId, ConversationId conversationId, MessageRange range, int limit,
        CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId? User, ConversationId Id, MessageRange Range, int Limit), IReadOnlyList<Message>>(
            DatabaseName.Of(clientId),
            (userId, conversationId, range, limit),
            static (connection, state) => MessagePages.Read(connection, state.User, state.Id, state.Range, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Message>> ListRepliesAsync(
        ClientId clientId, UserId? userId, MessageId messageId, long before, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId? User, MessageId Id, long Before, int Limit), IReadOnlyList<Message>>(
            DatabaseName.Of(clientId),
            (userId, messageId, before, limit),
            static (connection, state) => Replies(connection, state.User, state.Id, state.Before, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Revision>> ListRevisionsAsync(
        ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId? User, MessageId Id), IReadOnlyList<Revision>>(
            DatabaseName.Of(clientId),
            (userId, messageId),
            static (connection, state) => Find(connection, state.User, state.Id) is { } message
                ? RevisionRows.List(connection, message.ConversationId, message.Sequence)
                : [],
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ProofMaterial?> ReadProofAsync(
        ClientId clientId, ConversationId conversationId, long sequence, long count, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            (Id: conversationId, Sequence: sequence, Count: count),
            static (connection, state) => ProofRows.Read(connection, state.Id, state.Sequence, state.Count),
            absent: null,
            cancellationToken);

    private static Message? Find(Connection connection, UserId? user, MessageId id)
    {
        var row = connection.Prepare(user is null ? SelectOneOfAll : SelectOne).Bind(id.Value).Bind(user?.Value);
        if (!row.Step())
        {
            return null;
        }

        var message = MessageRows.Read(row, 0);
        row.Reset();
        return MessagePages.WithMine(connection, user, [message])[0];
    }

    private static List<Message> Replies(Connection connection, UserId? user, MessageId id, long before, int limit)
    {
        var replies = new List<Message>();
        var row = connection.Prepare(user is null ? SelectRepliesOfAll : SelectReplies)
            .Bind(id.Value).Bind(before).Bind(limit).Bind(user?.Value);
        while (row.Step())
        {
            replies.Add(MessageRows.Read(row, 0));
        }

        return MessagePages.WithMine(connection, user, replies);
    }
}
