using System.Collections.Concurrent;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Vfs;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// The open files of one writer thread, the least recently used closed beyond a bound. Used by that thread alone, but
/// for the shared dictionary in which readers look files up.
/// </summary>
/// <param name="owner">Makes the pending marks.</param>
/// <param name="shared">All open files, of every thread.</param>
/// <param name="folder">Where the files are.</param>
/// <param name="copier">Copies their logs.</param>
/// <param name="relays">Where their relay positions are known.</param>
/// <param name="options">Bounds.</param>
/// <param name="clock">Times.</param>
/// <param name="logger">Logs.</param>
internal sealed partial class OpenFiles(
    IPendingMarks owner,
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
        var file = Open(name);
        if (!file.IsMarkedPending && name.Client is { } client)
        {
            owner.Mark(client);
            file.IsMarkedPending = true;
        }

        return file;
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

            Close(oldest);
        }
    }

    /// <summary>Closes everything, the platform's file last: closing the others writes to it.</summary>
    public void CloseAll()
    {
        foreach (var file in _open.Values.OrderBy(file => file.Name == DatabaseName.Platform).ToArray())
        {
            Close(file);
        }
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
        relays.Forget(relays.Get(name));
    }

    private void Close(DatabaseFile file)
    {
        copier.Leave(file);
        try
        {
            if (file.Relay.IsUnsaved)
            {
                file.Begin();
                file.Commit();
            }

            file.Writer.Checkpoint();
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
            if (file.IsMarkedPending)
            {
                owner.Clear(client);
            }
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

        var writer = options.SyncsCommits ? Connection.OpenWriter(path) : Connection.OpenUnsyncedWriter(path);
        try
        {
            var migrations = name.Client is null ? Migrations.Platform : Migrations.Client;
            migrations.Apply(writer, path, clock.GetUtcNow());
            return new DatabaseFile(name, path, writer, options.MaxReadersPerFile, relays.Get(name));
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

/// <summary>The durable notes of which clients' files may have changes for the relay.</summary>
internal interface IPendingMarks
{
    /// <summary>Notes it, durably when it returns.</summary>
    void Mark(ClientId clientId);

    /// <summary>Takes the note back, some time.</summary>
    void Clear(ClientId clientId);
}
