using SQLitePCL;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>SQLite refused a call.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">SQLite's own words; never shown to callers.</param>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>The extended result code; the primary one is its lowest byte.</summary>
    public int Code => code;

    private int Primary => code & 0xff;

    /// <summary>Whether the handle must not be used again: what it holds and what the disk holds may differ.</summary>
    public bool BreaksHandle => Primary is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CANTOPEN
        or raw.SQLITE_READONLY or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL;

    /// <summary>Whether the store is at fault, not the statement.</summary>
    public bool IsStorage => BreaksHandle || Primary is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}

/// <summary>Tells the store's failures from bugs.</summary>
internal static class SqliteFailures
{
    /// <summary>Whether the store is at fault; else it is a bug and stays an exception.</summary>
    public static bool IsStorage(Exception failure) =>
        failure is SqliteFailure { IsStorage: true } or IOException or UnauthorizedAccessException;

    public static bool BreaksHandle(Exception failure) =>
        failure is SqliteFailure { BreaksHandle: true } or IOException or UnauthorizedAccessException;
}
