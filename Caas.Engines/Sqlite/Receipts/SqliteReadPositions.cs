using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Receipts;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Conversations;
using Caas.Engines.Sqlite.Members;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Receipts;

/// <inheritdoc/>
/// <remarks>A call that moves nothing writes nothing and waits for no flush.</remarks>
internal sealed class SqliteReadPositions(DatabaseSet databases, TimeProvider clock) : IReadPositions
{
    private const string SelectOfUser = """
        SELECT m.conversation_id, m.last_read_sequence, c.last_sequence
        FROM members m CROSS JOIN conversations c ON c.id = m.conversation_id
        WHERE m.user_id = ?1 AND m.left_version IS NULL AND c.deleted_at IS NULL
        """;

    private const string SelectOne = SelectOfUser + " AND m.conversation_id = ?2";

    private const string SelectMoved = SelectOfUser + " AND m.read_moved_at >= ?2";

    /// <inheritdoc/>
    public async ValueTask<ReadPosition?> AdvanceAsync(
        ClientId clientId, ConversationId conversationId, UserId userId, long sequence, CancellationToken cancellationToken)
    {
        var request = new Request(conversationId, userId, sequence, clock.Now());
        var present = await databases.ReadAsync(
            DatabaseName.Of(clientId), request, static (connection, asked) => Find(connection, asked), absent: null, cancellationToken);
        if (present is null || present.LastReadSequence >= Math.Min(sequence, present.LastSequence))
        {
            return present;
        }

        var advanced = await databases.WriteAsync(
            DatabaseName.Of(clientId), request, static (file, asked) => Advance(file, asked), cancellationToken);
        return advanced.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadPosition>> ListAsync(
        ClientId clientId, UserId userId, DateTimeOffset? movedSince, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, DateTimeOffset Since), IReadOnlyList<ReadPosition>>(
            DatabaseName.Of(clientId),
            (userId, movedSince ?? DateTimeOffset.UnixEpoch),
            static (connection, state) => List(connection, state.User, state.Since),
            absent: [],
            cancellationToken);

    private static ReadPosition? Find(Connection connection, Request asked)
    {
        var row = connection.Prepare(SelectOne).Bind(asked.User.Value).Bind(asked.Conversation.Value);
        if (!row.Step())
        {
            return null;
        }

        var position = Read(row, asked.User);
        row.Reset();
        return position;
    }

    private static Result<ReadPosition?> Advance(DatabaseFile file, Request asked)
    {
        var state = ConversationState.Of(file);
        var (conversation, user, sequence, now) = asked;
        if (state.Find(conversation)?.Head is not { DeletedAt: null } head
            || MemberRows.Find(file.Writer, conversation, user) is not { IsActive: true } membership)
        {
            return default(ReadPosition?);
        }

        var before = Math.Max(membership.Member.LastReadSequence ?? 0, state.HeldPosition(conversation, user));
        var after = Math.Max(before, Math.Min(sequence, head.LastSequence));
        if (after > before)
        {
            state.Advance(conversation, user, after, now);
        }

        return new ReadPosition(conversation, user, after, head.LastSequence, after > before);
    }

    private static List<ReadPosition> List(Connection connection, UserId user, DateTimeOffset since)
    {
        var positions = new List<ReadPosition>();
        var row = connection.Prepare(SelectMoved).Bind(user.Value).Bind(since);
        while (row.Step())
        {
            positions.Add(Read(row, user));
        }

        return positions;
    }

    private static ReadPosition Read(Statement row, UserId user) =>
        new(new ConversationId(row.Id(0)), user, row.Int64(1), row.Int64(2), Moved: false);

    private sealed record Request(ConversationId Conversation, UserId User, long Sequence, DateTimeOffset Now);
}
