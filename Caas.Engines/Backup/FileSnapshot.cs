using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Backup;

/// <summary>
/// Copies one SQLite file while others read and write it, in one snapshot (https://sqlite.org/lang_vacuum.html,
/// VACUUM INTO): the writer waits for nothing, and memory stays within the page cache of the connection.
/// </summary>
internal static class FileSnapshot
{
    private const string HasRelay = "SELECT count(*) FROM sqlite_schema WHERE name = 'relay'";
    private const string ReadPosition = "SELECT relay_position FROM relay";
    private const string LowerPosition = "UPDATE relay SET relay_position = min(relay_position, ?)";
    private const string IsPending = "SELECT coalesce((SELECT max(position) FROM changes), 0) > relay_position FROM relay";

    /// <summary>How far the relay is with a file; 0 where that is not known: then all of it is relayed again.</summary>
    public static long ReadRelayPosition(string path)
    {
        if (TryOpen(path) is not { } connection)
        {
            return 0;
        }

        using (connection)
        {
            return One(connection, HasRelay) == 0 ? 0 : One(connection, ReadPosition);
        }
    }

    /// <summary>Copies a file; false where there is none, or not any more.</summary>
    public static bool TryCopy(string source, string target, CancellationToken cancellationToken)
    {
        if (TryOpen(source) is not { } connection)
        {
            return false;
        }

        using (connection)
        using (cancellationToken.UnsafeRegister(static state => ((Connection)state!).Interrupt(), connection))
        {
            connection.Prepare("VACUUM INTO ?").Bind(target).Run();
            return true;
        }
    }

    /// <summary>Takes the relay of a copy back to a position; true where there is something to relay then.</summary>
    public static bool LowerRelayPosition(string copy, long position)
    {
        using var connection = Connection.OpenCopy(copy);
        if (One(connection, HasRelay) == 0)
        {
            // The server was making the file: nothing of it was answered.
            return false;
        }

        connection.Prepare(LowerPosition).Bind(position).Run();
        return One(connection, IsPending) == 1;
    }

    /// <summary>What SQLite says of a file; <c>ok</c> where it is whole.</summary>
    public static string Check(string path)
    {
        try
        {
            using var connection = Connection.OpenSource(path);
            var row = connection.Prepare("PRAGMA integrity_check(1)");
            return row.Step() ? row.Text(0) : "no answer";
        }
        catch (SqliteFailure failure)
        {
            return failure.Message;
        }
    }

    // A client's file may be erased at any time.
    private static Connection? TryOpen(string path)
    {
        try
        {
            return File.Exists(path) ? Connection.OpenSource(path) : null;
        }
        catch (SqliteFailure) when (!File.Exists(path))
        {
            return null;
        }
    }

    private static long One(Connection connection, string sql)
    {
        var row = connection.Prepare(sql);
        row.Step();
        var value = row.Int64(0);
        row.Reset();
        return value;
    }
}
