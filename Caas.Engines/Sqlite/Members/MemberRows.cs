using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Members;

/// <summary>The rows of <c>members</c>.</summary>
internal static class MemberRows
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order, of the table as <c>m</c>.</summary>
    public const string Columns = """
        m.conversation_id, m.user_id, m.role, m.joined_at, m.from_sequence, m.last_read_sequence, m.joined_version, m.left_version
        """;

    /// <summary>How many columns <see cref="Columns"/> names.</summary>
    public const int ColumnCount = 8;

    private const string Select = "SELECT " + Columns + " FROM members m WHERE m.conversation_id = ? AND m.user_id = ?";

    // A read position never goes back, also when somebody comes again.
    private const string Upsert = """
        INSERT INTO members (
            conversation_id, user_id, role, joined_at, from_sequence, last_read_sequence, read_moved_at, joined_version, left_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET
            role = excluded.role,
            joined_at = excluded.joined_at,
            from_sequence = excluded.from_sequence,
            read_moved_at = iif(excluded.last_read_sequence > last_read_sequence, excluded.read_moved_at, read_moved_at),
            last_read_sequence = max(last_read_sequence, excluded.last_read_sequence),
            joined_version = excluded.joined_version,
            left_version = excluded.left_version
        """;

    private const string Advance = """
        UPDATE members SET last_read_sequence = ?1, read_moved_at = ?2
        WHERE conversation_id = ?3 AND user_id = ?4 AND left_version IS NULL AND last_read_sequence < ?1
        """;

    public static Membership? Find(Connection connection, ConversationId conversation, UserId user)
    {
        var row = connection.Prepare(Select).Bind(conversation.Value).Bind(user.Value);
        if (!row.Step())
        {
            return null;
        }

        var membership = Read(row, 0);
        row.Reset();
        return membership;
    }

    public static void Put(Connection connection, Membership membership, DateTimeOffset now)
    {
        var member = membership.Member;
        connection.Prepare(Upsert)
            .Bind(membership.ConversationId.Value)
            .Bind(member.UserId.Value)
            .Bind((long)member.Role)
            .Bind(member.JoinedAt)
            .Bind(member.FromSequence)
            .Bind(member.LastReadSequence ?? 0)
            .Bind(now)
            .Bind(membership.JoinedVersion)
            .Bind(membership.LeftVersion)
            .Run();
    }

    public static void AdvanceRead(
        Connection connection, ConversationId conversation, UserId user, long sequence, DateTimeOffset now) =>
        connection.Prepare(Advance)
            .Bind(sequence)
            .Bind(now)
            .Bind(conversation.Value)
            .Bind(user.Value)
            .Run();

    /// <summary>The membership of a row whose columns begin at <paramref name="at"/>.</summary>
    public static Membership Read(Statement row, int at) => new(
        new ConversationId(row.Id(at)),
        new Member
        {
            UserId = UserId.Parse(row.Text(at + 1)),
            Role = (MemberRole)row.Int32(at + 2),
            JoinedAt = row.Time(at + 3),
            FromSequence = row.Int64(at + 4),
            LastReadSequence = row.Int64(at + 5),
        },
        row.Int64(at + 6),
        row.Int64OrNull(at + 7));
}
