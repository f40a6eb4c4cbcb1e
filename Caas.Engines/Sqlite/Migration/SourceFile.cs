using Caas.Domain.Conversations;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Migration;

/// <summary>
/// One file of the deployment that is moved, read beside the product that writes it: by a connection that takes no lock and
/// never writes. Used by one caller at a time.
/// </summary>
/// <param name="name">Which.</param>
/// <param name="connection">The connection, which is closed with it.</param>
/// <param name="clock">Says what has ended.</param>
internal sealed class SourceFile(DatabaseName name, Connection connection, TimeProvider clock) : IDisposable
{
    private const int PageRows = 500;
    private const int PageBytes = 4 * 1024 * 1024;

    private const string SelectPosition =
        "SELECT max(coalesce((SELECT max(position) FROM changes), 0), (SELECT relay_position FROM relay))";

    private const string SelectRelayed = "SELECT relay_position FROM relay";

    private const string SelectTouched = "SELECT DISTINCT log_id FROM changes WHERE position > ?";

    private DateTimeOffset? _moment;

    public DatabaseName Name => name;

    /// <summary>From now until <see cref="EndMoment"/> everything is read as it is now, and what has ended has ended now.</summary>
    public void BeginMoment()
    {
        _moment = clock.GetUtcNow();
        connection.Prepare("BEGIN").Run();

        // A transaction that reads nothing has no moment yet.
        _ = ReadPosition();
    }

    public void EndMoment()
    {
        connection.Prepare("COMMIT").Run();
        _moment = null;
    }

    /// <summary>The first rows of a range; bounded in number and bytes.</summary>
    public MovedPage Read(MovedRange range) => SqliteRows.Read(
        connection, range, _moment ?? clock.GetUtcNow(), PageRows, PageBytes);

    /// <summary>The position of the newest change that was ever written.</summary>
    public long ReadPosition() => One(connection.Prepare(SelectPosition));

    /// <summary>Up to where the changes are known to be in the event stream.</summary>
    public long ReadRelayed() => One(connection.Prepare(SelectRelayed));

    /// <summary>The conversations that have changes after a position, and whether the client's own log has some.</summary>
    public (IReadOnlyList<byte[]> Conversations, bool ClientLog) ReadTouched(long position)
    {
        var conversations = new List<byte[]>();
        var clientLog = false;
        var row = connection.Prepare(SelectTouched).Bind(position);
        while (row.Step())
        {
            if (row.Id(0) == ChangeRows.ClientLog)
            {
                clientLog = true;
            }
            else
            {
                conversations.Add(row.Blob(0).ToArray());
            }
        }

        return (conversations, clientLog);
    }

    /// <summary>What the heads of a page say of their leaves.</summary>
    public static IEnumerable<HeadLeaves> LeavesOf(MovedPage heads) => heads.Rows.Select(static head => new HeadLeaves(
        new(head.Id("id")),
        head.TimeOrNull("deleted_at") is not null,
        head.Number("last_sequence"),
        MerkleFrontier.Restore(head.Number("leaf_count"), head.Bytes("leaf_peaks"))));

    public void Dispose() => connection.Dispose();

    private static long One(Statement row)
    {
        row.Step();
        var value = row.Int64(0);
        row.Reset();
        return value;
    }
}
