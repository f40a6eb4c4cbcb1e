using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Users;

/// <inheritdoc/>
/// <remarks>A member row stays after its end, and only members write: the memberships name every conversation.</remarks>
internal sealed class SqliteErasureReader(DatabaseSet databases) : IErasureReader
{
    private const string SelectConversations = """
        SELECT m.conversation_id FROM members m JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ? AND m.conversation_id > ? AND c.deleted_at IS NULL
        ORDER BY m.conversation_id LIMIT ?
        """;

    private const string SelectMessages = """
        SELECT id FROM messages
        WHERE conversation_id = ? AND sender_id = ? AND deleted_at IS NULL AND created_at <= ?
        LIMIT ?
        """;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversationId>> ListConversationsAsync(
        ClientId clientId, UserId userId, ConversationId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, ConversationId After, int Limit), IReadOnlyList<ConversationId>>(
            DatabaseName.Of(clientId),
            (userId, after ?? default, limit),
            static (connection, state) =>
            {
                var row = connection.Prepare(SelectConversations)
                    .Bind(state.User.Value).Bind(state.After.Value).Bind(state.Limit);
                return Read(row, static value => new ConversationId(value));
            },
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MessageId>> ListMessagesAsync(
        ClientId clientId,
        UserId userId,
        ConversationId conversationId,
        DateTimeOffset sentUntil,
        int limit,
        CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, ConversationId Id, DateTimeOffset Until, int Limit), IReadOnlyList<MessageId>>(
            DatabaseName.Of(clientId),
            (userId, conversationId, sentUntil, limit),
            static (connection, state) =>
            {
                var row = connection.Prepare(SelectMessages)
                    .Bind(state.Id.Value).Bind(state.User.Value).Bind(state.Until).Bind(state.Limit);
                return Read(row, static value => new MessageId(value));
            },
            absent: [],
            cancellationToken);

    private static List<T> Read<T>(Statement row, Func<Guid, T> make)
    {
        var found = new List<T>();
        while (row.Step())
        {
            found.Add(make(row.Id(0)));
        }

        return found;
    }
}
