using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <summary>The rows of <c>conversations</c>.</summary>
internal static class HeadRows
{
    /// <summary>How many columns <see cref="Columns"/> names.</summary>
    public const int ColumnCount = 19;

    /// <summary>The columns that <see cref="Read"/> takes, in its order, of the table as <c>c</c>.</summary>
    public const string Columns = """
        c.id, c.type, c.direct_key, c.name, c.history, c.encrypted, c.attributes, c.member_count, c.owner_count,
        c.last_sequence, c.version, c.members_version, c.settings_version, c.leaf_count, c.leaf_peaks, c.created_at,
        c.updated_at, c.deleted_at, c.last_position
        """;

    private const string SelectById = "SELECT " + Columns + " FROM conversations c WHERE c.id = ?";

    private const string SelectByDirectKey =
        "SELECT c.id FROM conversations c WHERE c.direct_key = ? AND c.direct_key IS NOT NULL AND c.deleted_at IS NULL";

    private const string InsertRow = """
        INSERT INTO conversations (
            type, direct_key, name, history, encrypted, attributes, member_count, owner_count, last_sequence, version,
            members_version, settings_version, leaf_count, leaf_peaks, created_at, updated_at, deleted_at, last_position, id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string UpdateRow = """
        UPDATE conversations SET
            type = ?, direct_key = ?, name = ?, history = ?, encrypted = ?, attributes = ?, member_count = ?,
            owner_count = ?, last_sequence = ?, version = ?, members_version = ?, settings_version = ?, leaf_count = ?,
            leaf_peaks = ?, created_at = ?, updated_at = ?, deleted_at = ?, last_position = ?
        WHERE id = ?
        """;

    // What a message moves: no index and no setting is touched.
    private const string UpdateProgress = """
        UPDATE conversations SET
            last_sequence = ?, version = ?, leaf_count = ?, leaf_peaks = ?, updated_at = ?, last_position = ?
        WHERE id = ?
        """;

    /// <summary>The head and the position of its newest change; null where there is none.</summary>
    public static HeadEntry? Find(Connection connection, ConversationId id)
    {
        var row = connection.Prepare(SelectById).Bind(id.Value);
        if (!row.Step())
        {
            return null;
        }

        var entry = new HeadEntry(Read(row, 0), row.Int64(ColumnCount - 1));
        row.Reset();
        return entry;
    }

    /// <summary>The living direct conversation of this pair; null where there is none.</summary>
    public static ConversationId? FindDirect(Connection connection, string directKey)
    {
        var row = connection.Prepare(SelectByDirectKey).Bind(directKey);
        if (!row.Step())
        {
            return null;
        }

        var id = new ConversationId(row.Id(0));
        row.Reset();
        return id;
    }

    public static void Insert(Connection connection, ConversationHead head, long position) =>
        BindAll(connection.Prepare(InsertRow), head, position).Run();

    public static void Update(Connection connection, ConversationHead head, long position) =>
        BindAll(connection.Prepare(UpdateRow), head, position).Run();

    /// <summary>Writes only what <see cref="IsProgress"/> allows to differ.</summary>
    public static void UpdateProgressOf(Connection connection, ConversationHead head, long position) =>
        connection.Prepare(UpdateProgress)
            .Bind(head.LastSequence)
            .Bind(head.Version)
            .Bind(head.Leaves.Count)
            .Bind(head.Leaves.Peaks.Span)
            .Bind(head.UpdatedAt)
            .Bind(position)
            .Bind(head.Id.Value)
            .Run();

    /// <summary>Whether the two differ by nothing but messages; every other change moves one of these numbers.</summary>
    public static bool IsProgress(ConversationHead before, ConversationHead after) =>
        before.SettingsVersion == after.SettingsVersion
        && before.MembersVersion == after.MembersVersion
        && before.DeletedAt == after.DeletedAt;

    /// <summary>The head of a row whose columns begin at <paramref name="at"/>.</summary>
    public static ConversationHead Read(Statement row, int at) => new()
    {
        Id = new ConversationId(row.Id(at)),
        Type = (ConversationType)row.Int32(at + 1),
        DirectKey = row.TextOrNull(at + 2),
        Name = row.TextOrNull(at + 3),
        History = (HistoryAccess)row.Int32(at + 4),
        Encrypted = row.Int32(at + 5) != 0,
        Attributes = row.JsonOrNull(at + 6),
        MemberCount = row.Int32(at + 7),
        OwnerCount = row.Int32(at + 8),
        LastSequence = row.Int64(at + 9),
        Version = row.Int64(at + 10),
        MembersVersion = row.Int64(at + 11),
        SettingsVersion = row.Int64(at + 12),
        Leaves = MerkleFrontier.Restore(row.Int64(at + 13), row.Blob(at + 14)),
        CreatedAt = row.Time(at + 15),
        UpdatedAt = row.Time(at + 16),
        DeletedAt = row.TimeOrNull(at + 17),
    };

    private static Statement BindAll(Statement statement, ConversationHead head, long position) => statement
        .Bind((long)head.Type)
        .Bind(head.DirectKey)
        .Bind(head.Name)
        .Bind((long)head.History)
        .Bind(head.Encrypted)
        .Bind(head.Attributes)
        .Bind(head.MemberCount)
        .Bind(head.OwnerCount)
        .Bind(head.LastSequence)
        .Bind(head.Version)
        .Bind(head.MembersVersion)
        .Bind(head.SettingsVersion)
        .Bind(head.Leaves.Count)
        .Bind(head.Leaves.Peaks.Span)
        .Bind(head.CreatedAt)
        .Bind(head.UpdatedAt)
        .Bind(head.DeletedAt)
        .Bind(position)
        .Bind(head.Id.Value);
}

/// <summary>A head as the writer thread has it in memory.</summary>
/// <param name="head">The head.</param>
/// <param name="position">The position of its newest change.</param>
internal sealed class HeadEntry(ConversationHead head, long position)
{
    public ConversationHead Head { get; set; } = head;

    public long Position { get; set; } = position;

    /// <summary>Whether its row is behind it, until the end of the batch.</summary>
    public bool IsHeldBack { get; set; }
}
