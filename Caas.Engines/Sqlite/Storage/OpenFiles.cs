using System.Collections.Concurrent;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Vfs;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// The open files of one writer thread, the least recently used closed beyond a bound. Used by that thread alone, but
/// for the shared dictionary in which readers look files up.
/// </summary>
/// <param name="marks">Which of them may have changes for the relay.</param>
/// <param name="shared">All open files, of every thread.</param>
/// <param name="folder">Where the files are.</param>
/// <param name="copier">Copies their logs.</param>
/// <param name="relays">Where their relay positions are known.</param>
/// <param name="options">Bounds.</param>
/// <param name="clock">Times.</param>
/// <param name="logger">Logs.</param>
internal sealed partial class OpenFiles(
    PendingMarks marks,
    ConcurrentDictionary<DatabaseName, DatabaseFile> shared,
    DataFolder folder,
    LogCopier copier,
    RelaySources relays,
    SqliteOptions options,
    TimeProvider clock,
    ILogger<OpenFiles> logger)
{
    private readonly Dictionary<DatabaseName, DatabaseFile> _open = [];

    // Those whose handle failed, until their log is known to be on the disk.
    private readonly HashSet<DatabaseName> _failed = [];

    // Those that were closed with a log in which nothing is that was erased.
    private readonly HashSet<DatabaseName> _left = [];

    private int MaxOpen => Math.Max(1, options.MaxOpenFiles / options.WriterThreads);

    /// <summary>The file, opened (and made) where it is not.</summary>
    public DatabaseFile Open(DatabaseName name)
    {
        if (!_open.TryGetValue(name, out var file))
        {
            file = OpenFile(name);
            _open.Add(name, file);
            shared[name] = file;
        }

        file.LastUsed = clock.GetTimestamp();
        return file;
    }

    /// <summary>
    /// The same, and the platform's database says durably that the file may have changes for the relay: so a start
    /// after a crash finds them without opening every file.
    /// </summary>
    public DatabaseFile OpenForWrite(DatabaseName name)
    {
        Expect(name);
        marks.MarkExpected();
        return Open(name);
    }

    /// <summary>A file will be opened for writing: the platform's database is told of all such files at once.</summary>
    public void Expect(DatabaseName name)
    {
        if (name.Client is { } client)
        {
            marks.Expect(client);
        }
    }

    /// <summary>Tells the platform's database.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void MarkExpected() => marks.MarkExpected();

    /// <summary>Runs a read on the file's writer; <paramref name="absent"/> where there is no such file, which is not made.</summary>
    public TOutcome Read<TState, TOutcome>(DatabaseName name, TState state, Func<Connection, TState, TOutcome> read, TOutcome absent)
    {
        if (!_open.ContainsKey(name) && !File.Exists(PathOf(name)))
        {
            return absent;
        }

        var file = Open(name);
        try
        {
            file.Writer.Prepare("BEGIN").Run();
            var outcome = read(file.Writer, state);
            file.Writer.Prepare("COMMIT").Run();
            return outcome;
        }
        catch (Exception failure)
        {
            // A statement may stand in the midst of its rows.
            if (SqliteFailures.BreaksHandle(failure))
            {
                Break(file);
            }
            else
            {
                Abandon(file);
            }

            throw;
        }
    }

    /// <summary>Tells the relay of new changes.</summary>
    public void Nudge(DatabaseFile file)
    {
        if (file.Relay.IsPending)
        {
            relays.Nudge(file.Relay);
        }
    }

    /// <summary>Closes what is above the bound.</summary>
    public void Evict()
    {
        while (_open.Count > MaxOpen)
        {
            var oldest = _open.Values.Where(file => file.Name != DatabaseName.Platform).MinBy(file => file.LastUsed);
            if (oldest is null)
            {
                return;
            }

            Close(oldest, leavesLog: oldest.MayLeaveLog);
        }
    }

    /// <summary>Closes everything, the platform's file last: closing the others writes to it.</summary>
    public void CloseAll()
    {
        CloseEach(_open.Values.Where(file => file.Name != DatabaseName.Platform));
        marks.ClearIdle();
        CloseEach(_open.Values);
    }

    /// <summary>Closes a file whose handle failed; the next write makes its log durable and opens it anew.</summary>
    public void Break(DatabaseFile file)
    {
        _failed.Add(file.Name);
        Abandon(file);
    }

    private void Abandon(DatabaseFile file)
    {
        Remove(file);
        copier.Leave(file);
        file.Writer.Dispose();
        file.Release();
    }

    /// <summary>Closes a file and removes it from the disk.</summary>
    public void Erase(DatabaseName name)
    {
        if (_open.TryGetValue(name, out var file))
        {
            Abandon(file);
        }

        foreach (var path in (string[])[PathOf(name), PathOf(name) + "-wal", PathOf(name) + "-shm"])
        {
            File.Delete(path);
        }

        _failed.Remove(name);
        _left.Remove(name);
        relays.Forget(relays.Get(name));
        if (name.Client is { } client)
        {
            marks.Release(client);
        }
    }

    private void CloseEach(IEnumerable<DatabaseFile> files)
    {
        foreach (var file in files.ToArray())
        {
            Close(file, leavesLog: false);
        }
    }

    private void Close(DatabaseFile file, bool leavesLog)
    {
        copier.Leave(file);
        try
        {
            if (file.Relay.IsUnsaved)
            {
                file.Begin();
                file.Commit();
            }

            if (leavesLog)
            {
                file.LeaveLog();
                _left.Add(file.Name);
            }
            else
            {
                file.Writer.Checkpoint();
            }
        }
        catch (SqliteFailure failure)
        {
            // Nothing acknowledged is lost: the position is repeated and the log is read at the next opening.
            LogCloseFailed(failure, file.Name.ToString());
        }

        Abandon(file);
        if (file.Name.Client is { } client && !file.Relay.IsPending && !file.Relay.IsUnsaved)
        {
            relays.Forget(file.Relay);
            marks.Release(client);
        }
    }

    private void Remove(DatabaseFile file)
    {
        _open.Remove(file.Name);
        shared.TryRemove(new(file.Name, file));
    }

    private DatabaseFile OpenFile(DatabaseName name)
    {
        var path = PathOf(name);
        if (_failed.Contains(name))
        {
            LogRewrite.Run(path);
            _failed.Remove(name);
        }

        var wasLeft = _left.Remove(name);
        var logged = Connection.PagesInLog(path);
        var writer = options.SyncsCommits ? Connection.OpenWriter(path) : Connection.OpenUnsyncedWriter(path);
        try
        {
            var migrations = name.Client is null ? Migrations.Platform : Migrations.Client;
            migrations.Apply(writer, path, clock.GetUtcNow());
            return new DatabaseFile(
                name, path, writer, options.MaxReadersPerFile, relays.Get(name), logged, logHoldsErased: logged > 0 && !wasLeft);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private string PathOf(DatabaseName name) =>
        name.Client is { } client ? folder.ClientDatabase(client) : folder.PlatformDatabase;

    [LoggerMessage(1104, LogLevel.Warning, "The database {Database} was not closed in good order.")]
    private partial void LogCloseFailed(Exception failure, string database);
}
