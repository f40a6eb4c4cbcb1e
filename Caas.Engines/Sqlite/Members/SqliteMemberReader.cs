using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Members;

/// <inheritdoc/>
internal sealed class SqliteMemberReader(DatabaseSet databases) : IMemberReader
{
    private const string SelectPage = "SELECT " + MemberRows.Columns + """

        FROM conversations c CROSS JOIN members m ON m.conversation_id = c.id
        WHERE c.id = ?1 AND c.deleted_at IS NULL AND m.user_id > ?2 AND m.left_version IS NULL
        ORDER BY m.user_id LIMIT ?3
        """;

    private const string SelectSharing = """
        SELECT 1 FROM members m
            CROSS JOIN members o ON o.conversation_id = m.conversation_id
            CROSS JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ?1 AND m.left_version IS NULL AND o.user_id = ?2 AND o.left_version IS NULL AND c.deleted_at IS NULL
        LIMIT 1
        """;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Member>> ListAsync(
        ClientId clientId, ConversationId conversationId, UserId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(ConversationId Id, UserId? After, int Limit), IReadOnlyList<Member>>(
            DatabaseName.Of(clientId),
            (conversationId, after, limit),
            static (connection, state) => ReadPage(connection, state.Id, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Membership?> FindAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            (Id: conversationId, User: userId),
            static (connection, state) => MemberRows.Find(connection, state.Id, state.User),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<UserId>> SharingAsync(
        ClientId clientId, UserId userId, IReadOnlyList<UserId> candidates, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, IReadOnlyList<UserId> Candidates), IReadOnlySet<UserId>>(
            DatabaseName.Of(clientId),
            (userId, candidates),
            static (connection, state) =>
                state.Candidates.Where(candidate => Share(connection, state.User, candidate)).ToHashSet(),
            absent: new HashSet<UserId>(),
            cancellationToken);

    private static List<Member> ReadPage(Connection connection, ConversationId id, UserId? after, int limit)
    {
        var members = new List<Member>();
        var row = connection.Prepare(SelectPage).Bind(id.Value).Bind(after?.Value ?? string.Empty).Bind(limit);
        while (row.Step())
        {
            members.Add(MemberRows.Read(row, 0).Member);
        }

        return members;
    }

    private static bool Share(Connection connection, UserId user, UserId candidate)
    {
        var row = connection.Prepare(SelectSharing).Bind(user.Value).Bind(candidate.Value);
        var share = row.Step();
        row.Reset();
        return share;
    }
}
