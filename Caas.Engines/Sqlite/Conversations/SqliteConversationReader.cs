using System.Runtime.CompilerServices;
using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <inheritdoc/>
internal sealed class SqliteConversationReader(DatabaseSet databases) : IConversationReader
{
    /// <summary>Of one user's living conversations; what follows narrows it.</summary>
    private const string SelectOfMember = "SELECT " + HeadRows.Columns + ", " + MemberRows.Columns + """

        FROM members m CROSS JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ?1 AND m.left_version IS NULL AND c.deleted_at IS NULL
        """;

    private const string SelectOne = SelectOfMember + " AND m.conversation_id = ?2";

    // The activity of a conversation is in its head, not in each membership: a send would write as many rows as there
    // are members. So a page reads all of the user's heads; they are few.
    private const string SelectPage = SelectOfMember + """
         AND (c.updated_at, c.id) < (?2, ?3) AND (?4 IS NULL OR c.type = ?4) AND c.updated_at > ?5
        ORDER BY c.updated_at DESC, c.id DESC LIMIT ?6
        """;

    /// <inheritdoc/>
    public ValueTask<ConversationHead?> FindAsync(
        ClientId clientId, ConversationId conversationId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            conversationId,
            static (connection, id) => HeadRows.Find(connection, id)?.Head is { DeletedAt: null } head ? head : null,
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberView?> FindAsMemberAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            (User: userId, Id: conversationId),
            static (connection, state) =>
            {
                var row = connection.Prepare(SelectOne).Bind(state.User.Value).Bind(state.Id.Value);
                if (!row.Step())
                {
                    return null;
                }

                var view = ReadView(row);
                row.Reset();
                return view;
            },
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversationListItem>> ListAsync(
        ClientId clientId, UserId userId, ConversationListQuery query, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, ConversationListQuery Query), IReadOnlyList<ConversationListItem>>(
            DatabaseName.Of(clientId),
            (userId, query),
            static (connection, state) => ReadPage(connection, state.User, state.Query),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<MemberView> ListMembershipsAsync(
        ClientId clientId, UserId userId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var views = await databases.ReadAsync(
            DatabaseName.Of(clientId),
            userId,
            static (connection, user) => ReadViews(connection.Prepare(SelectOfMember).Bind(user.Value)),
            absent: [],
            cancellationToken);
        foreach (var view in views)
        {
            yield return view;
        }
    }

    private static List<ConversationListItem> ReadPage(Connection connection, UserId user, ConversationListQuery query)
    {
        var row = connection.Prepare(SelectPage).Bind(user.Value).Bind(query.After?.UpdatedAtMs ?? long.MaxValue);
        row = query.After is { } after ? row.Bind(after.Id.Value) : row.Bind([]);
        var views = ReadViews(row
            .Bind((long?)query.Type)
            .Bind(query.UpdatedAfter?.ToUnixTimeMilliseconds() ?? long.MinValue)
            .Bind(query.Limit));
        return [.. views.Select(view => ToItem(connection, user, view))];
    }

    private static ConversationListItem ToItem(Connection connection, UserId user, MemberView view)
    {
        var (head, membership) = view;
        var read = membership.Member.LastReadSequence ?? 0;
        var conversation = head.ToConversation() with
        {
            LastMessage = LastMessage(connection, user, view),
            UnreadCount = head.LastSequence - read,
            LastReadSequence = read,
        };
        return new ConversationListItem(
            conversation, new ConversationListPosition(head.UpdatedAt.ToUnixTimeMilliseconds(), head.Id));
    }

    private static Message? LastMessage(Connection connection, UserId user, MemberView view) =>
        view.Head.LastSequence == 0
            ? null
            : MessagePages.Newest(connection, user, view.Head.Id);

    private static List<MemberView> ReadViews(Statement row)
    {
        var views = new List<MemberView>();
        while (row.Step())
        {
            views.Add(ReadView(row));
        }

        return views;
    }

    private static MemberView ReadView(Statement row) => new(HeadRows.Read(row, 0), MemberRows.Read(row, HeadRows.ColumnCount));
}
