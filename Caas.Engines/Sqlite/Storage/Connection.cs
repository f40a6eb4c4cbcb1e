using System.Runtime.CompilerServices;
using Caas.Engines.Sqlite.Vfs;
using SQLitePCL;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// One SQLite connection with its prepared statements. Used by one thread at a time. Works on the native calls, since
/// ADO.NET's parameters box every value of the hot path.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int ReadWrite = raw.SQLITE_OPEN_READWRITE;
    private const int BusyTimeoutMs = 5000;
    private const int PageBytes = 4096;

    private readonly sqlite3 _handle;

    // By reference: the texts are constants, so that finding one costs no hashing of the text.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceComparer.Instance);

    private Connection(sqlite3 handle) => _handle = handle;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>How many rows the last statement wrote.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens the writer of a file, which it makes where there is none.</summary>
    public static Connection OpenWriter(string path) => OpenWriter(path, WalVfs.Name, "FULL");

    /// <summary>
    /// The same without a sync at each commit: for <see cref="SqliteOptions.SyncsCommits"/>. On the default file system,
    /// since the gathered log is only right where each commit is synced.
    /// </summary>
    public static Connection OpenUnsyncedWriter(string path) => OpenWriter(path, vfs: null, "NORMAL");

    /// <summary>Opens a reader of a file that there is.</summary>
    public static Connection OpenReader(string path) => Open(path, ReadWrite, vfs: null, """
        PRAGMA busy_timeout = 5000;
        PRAGMA temp_store = MEMORY;
        PRAGMA mmap_size = 0;
        PRAGMA cache_size = -1024;
        PRAGMA query_only = ON;
        """);

    /// <summary>
    /// Opens a file that there is, to copy its log. It reads something, since SQLite copies nothing for a connection that
    /// has not yet seen that there is a log.
    /// </summary>
    public static Connection OpenCopier(string path) => Open(path, ReadWrite, vfs: null, """
        PRAGMA busy_timeout = 5000;
        PRAGMA synchronous = FULL;
        PRAGMA mmap_size = 0;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA schema_version;
        """);

    /// <summary>Opens a file that another process may be using, for its copying; it is never written, not even when closed.</summary>
    public static Connection OpenSource(string path) => Open(path, raw.SQLITE_OPEN_READONLY, vfs: null, """
        PRAGMA busy_timeout = 5000;
        PRAGMA mmap_size = 0;
        PRAGMA cache_size = -8192;
        """);

    /// <summary>Opens a file that another process may be writing, to wait until it has none of its transactions open.</summary>
    public static Connection OpenBarrier(string path) => Open(path, ReadWrite, vfs: null, """
        PRAGMA busy_timeout = 10000;
        PRAGMA mmap_size = 0;
        """);

    /// <summary>Opens a file that nobody else uses, to write to it without leaving a second file.</summary>
    public static Connection OpenCopy(string path, bool create = false) => Open(
        path, ReadWrite | (create ? raw.SQLITE_OPEN_CREATE : 0), vfs: null, """
        PRAGMA journal_mode = DELETE;
        PRAGMA synchronous = FULL;
        PRAGMA mmap_size = 0;
        """);

    /// <summary>The first version without the WAL-reset bug of two connections (https://sqlite.org/wal.html#walresetbug).</summary>
    public static Version OldestLibrary { get; } = new(3, 51, 3);

    /// <summary>The version of the native library.</summary>
    public static Version LibraryVersion()
    {
        Batteries_V2.Init();
        return Version.Parse(raw.sqlite3_libversion().utf8_to_string());
    }

    /// <summary>The prepared statement of a constant text.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        var statement = new Statement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs statements without parameters.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>Pages written to the write-ahead log since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1));
        return pages;
    }

    /// <summary>How many pages the write-ahead log of a file that is not open has at the most.</summary>
    public static int PagesInLog(string path)
    {
        var log = new FileInfo(path + "-wal");
        return log.Exists ? (int)Math.Min(int.MaxValue, log.Length / PageBytes) : 0;
    }

    /// <summary>Copies what it can of the write-ahead log into the file, waiting for nobody.</summary>
    public void Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
        {
            throw Failure(code);
        }
    }

    /// <summary>
    /// Closing this connection will leave the write-ahead log as it is, as a crash would: whoever opens the file next
    /// reads it.
    /// </summary>
    public void LeaveLog() => Check(raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _));

    /// <summary>Ends the statement that runs, with a failure; from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_handle);

    /// <summary>Copies the whole write-ahead log and cuts it to nothing; false where a reader is in the way.</summary>
    public bool TryEmptyLog()
    {
        // The writer has others to serve: it waits for no reader.
        Check(raw.sqlite3_busy_timeout(_handle, 0));
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
        {
            throw Failure(code);
        }

        Check(raw.sqlite3_busy_timeout(_handle, BusyTimeoutMs));
        return code == raw.SQLITE_OK;
    }

    /// <summary>What the last call failed with.</summary>
    public SqliteFailure Failure(int code)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return new SqliteFailure((extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _handle.Dispose();
    }

    private static Connection OpenWriter(string path, string? vfs, string synchronous) =>
        Open(path, ReadWrite | raw.SQLITE_OPEN_CREATE, vfs, $"""
            PRAGMA busy_timeout = 5000;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {synchronous};
            PRAGMA temp_store = MEMORY;
            PRAGMA mmap_size = 0;
            PRAGMA cache_size = -8192;
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA secure_delete = ON;
            """);

    private static Connection Open(string path, int flags, string? vfs, string pragmas)
    {
        Batteries_V2.Init();
        WalVfs.Ensure();
        var code = raw.sqlite3_open_v2(
            path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, vfs);
        var connection = new Connection(handle);
        try
        {
            connection.Check(code);
            connection.Check(raw.sqlite3_extended_result_codes(handle, 1));
            connection.Execute(pragmas);
            return connection;
        }
        catch (SqliteFailure)
        {
            connection.Dispose();
            throw;
        }
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    private sealed class ReferenceComparer : IEqualityComparer<string>
    {
        public static ReferenceComparer Instance { get; } = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
