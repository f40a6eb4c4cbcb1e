namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// Copies the write-ahead log of one file at a time into the file, beside the thread that writes it. What takes long of a
/// checkpoint, the writing and the sync of the file, is done while commits go on; the writer copies what they added, which
/// is little, and from then on begins the log at its start again. Used by the writer thread alone.
/// </summary>
/// <remarks>
/// A connection copies only frames of commits, which are synced before they are seen, and SQLite counts them as copied only
/// after the sync of the file (https://sqlite.org/walformat.html): a copy that fails has lost nothing.
/// </remarks>
/// <param name="name">The name of its threads.</param>
internal sealed class LogCopier(string name)
{
    private Thread? _thread;
    private SqliteFailure? _failure;
    private volatile bool _ended;

    /// <summary>The file whose log is copied, until <see cref="TryTake"/> or <see cref="Leave"/>; null where none is.</summary>
    public DatabaseFile? File { get; private set; }

    /// <summary>Copies what the log holds now; only where nothing else is copied.</summary>
    /// <param name="file">The file, which has to stay open.</param>
    /// <param name="ended">Called when it has ended, from another thread.</param>
    public void Start(DatabaseFile file, Action ended)
    {
        File = file;
        _failure = null;
        _ended = false;

        // A thread for each copy: there is one in thousands of commits, and it blocks for long.
        _thread = new Thread(() => Copy(file.Path, ended)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>What came of a copy that has ended; false where none has, or its file was left.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DatabaseFile? file, out SqliteFailure? failure)
    {
        (file, failure) = (null, null);
        if (File is null || !_ended)
        {
            return false;
        }

        (file, failure) = (File, _failure);
        File = null;
        return true;
    }

    /// <summary>Waits until nothing of a file is copied any more, whatever came of it.</summary>
    public void Leave(DatabaseFile file)
    {
        if (File == file)
        {
            _thread?.Join();
            File = null;
        }
    }

    private void Copy(string path, Action ended)
    {
        try
        {
            using var connection = Connection.OpenCopier(path);
            connection.Checkpoint();
        }
        catch (SqliteFailure failure)
        {
            _failure = failure;
        }

        _ended = true;
        ended();
    }
}
