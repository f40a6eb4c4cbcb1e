using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Events;

/// <summary>The rows of <c>changes</c>, which clients' files and the platform's have alike.</summary>
internal static class ChangeRows
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string Columns = "log_id, version, type, body, trace_parent";

    private const string Insert =
        "INSERT INTO changes (position, log_id, version, type, body, trace_parent) VALUES (?, ?, ?, ?, ?, ?)";

    private const string SelectVersion = "SELECT coalesce(max(version), 0) FROM changes WHERE log_id = ?";

    /// <summary>The log of the client itself in its own file.</summary>
    public static Guid ClientLog => Guid.Empty;

    /// <summary>Adds a change at the end of its log and gives its position.</summary>
    public static long Append(DatabaseFile file, Guid logId, Change change)
    {
        var position = file.TakePosition();
        file.Writer.Prepare(Insert)
            .Bind(position)
            .Bind(logId)
            .Bind(change.Version)
            .Bind(change.Type)
            .Bind(change.Body.Span)
            .Bind(change.TraceParent)
            .Run();
        file.Remember(position, change);
        return position;
    }

    /// <summary>The version of the newest change of a log; 0 where there is none.</summary>
    public static long ReadVersion(Connection connection, Guid logId)
    {
        var row = connection.Prepare(SelectVersion).Bind(logId);
        row.Step();
        var version = row.Int64(0);
        row.Reset();
        return version;
    }

    /// <summary>The change of a row whose columns begin at <paramref name="at"/>.</summary>
    public static Change Read(Statement row, int at, ClientId? client)
    {
        var log = row.Id(at);

        // In a client's file a log is a conversation's or, without id, the client's; in the platform's it is a client's.
        return new Change(
            client ?? new ClientId(log),
            client is null || log == ClientLog ? null : new ConversationId(log),
            row.Int64(at + 1),
            row.Text(at + 2),
            row.Blob(at + 3).ToArray(),
            row.TextOrNull(at + 4));
    }
}
