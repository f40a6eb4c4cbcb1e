using Caas.Engines.Documents;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// Writes the files that belong to it, with group commit: everything that waits, up to a batch, shares one transaction
/// and one flush a file, and is answered after the flush. A lone command is written at once.
/// </summary>
/// <remarks>
/// One thread, blocking: SQLite's calls block, and a thread of its own keeps them off the thread pool. The fields belong
/// to the thread.
/// </remarks>
internal sealed partial class WriterThread
{
    private readonly WriteQueue _queue;
    private readonly OpenFiles _files;
    private readonly LogCopier _copier;
    private readonly StorageState _state;
    private readonly SqliteOptions _options;
    private readonly WriteGate _gate;
    private readonly SqliteMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteCommand> _batch = [];
    private readonly List<WriteCommand> _group = [];

    public WriterThread(
        string name,
        OpenFiles files,
        LogCopier copier,
        StorageState state,
        SqliteOptions options,
        WriteGate gate,
        SqliteMetrics metrics,
        ILogger logger)
    {
        _queue = new WriteQueue(options.MaxQueuedWrites);
        _files = files;
        _copier = copier;
        _state = state;
        _options = options;
        _gate = gate;
        _metrics = metrics;
        _logger = logger;
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
    }

    /// <summary>How many writes wait. Any thread may ask.</summary>
    public int Queued => _queue.Count;

    public void Start() => _thread.Start();

    public bool TryEnqueue(WriteCommand command, bool forced) => _queue.TryEnqueue(command, forced);

    /// <summary>Runs a command now; only from this thread itself, outside a transaction.</summary>
    public void RunInline(WriteCommand command) => Write(command.Database, [command]);

    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Writes what is queued, closes the files and ends the thread.</summary>
    public Task StopAsync()
    {
        _queue.Close();
        return _thread.ThreadState.HasFlag(ThreadState.Unstarted) ? Task.CompletedTask : _ended.Task;
    }

    private void Loop()
    {
        while (true)
        {
            while (_batch.Count < _options.MaxBatch && _queue.TryDequeue(out var command))
            {
                _batch.Add(command);
            }

            if (_batch.Count > 0)
            {
                RunBatch();
            }
            else if (_queue.IsClosed)
            {
                break;
            }
            else
            {
                _queue.Wait();
            }
        }

        _files.CloseAll();
        _queue.Finish();
        _ended.SetResult();
    }

    // In the order of arrival for each file; files take turns by their first command.
    private void RunBatch()
    {
        Announce();
        for (var first = 0; first < _batch.Count; first++)
        {
            if (_batch[first] is not { } command)
            {
                continue;
            }

            if (command is VisitCommand visit)
            {
                Visit(visit);
                continue;
            }

            for (var i = first; i < _batch.Count; i++)
            {
                if (_batch[i] is { } other and not VisitCommand && other.Database == command.Database)
                {
                    _group.Add(other);
                    _batch[i] = null!;
                }
            }

            Write(command.Database, _group);
            _group.Clear();
        }

        _batch.Clear();
        _files.Evict();
    }

    // Where it fails each file asks for itself, and its commands hear of it.
    private void Announce()
    {
        foreach (var command in _batch)
        {
            if (command is not VisitCommand)
            {
                _files.Expect(command.Database);
            }
        }

        try
        {
            _files.MarkExpected();
        }
#pragma warning disable CA1031 // What is not foreseen would end the thread, and with it the writes of every other client.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogStorageFailed(failure, DatabaseName.Platform.ToString());
        }
    }

    private void Visit(VisitCommand command)
    {
        if (!command.TryBegin())
        {
            return;
        }

        try
        {
            command.Visit(_files);
            command.Complete();
        }
#pragma warning disable CA1031 // The thread serves every other file too: whatever fails here is its caller's to hear.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Answer(command, failure);
        }
    }

    private void Write(DatabaseName name, List<WriteCommand> group)
    {
        DatabaseFile file;
        try
        {
            file = _files.OpenForWrite(name);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var command in group)
            {
                Answer(command, failure);
            }

            return;
        }

        if (TryTogether(file, group))
        {
            Checkpoint(file);
            return;
        }

        // One of them fails: each in a transaction of its own, so that only that one does.
        foreach (var command in group.ToArray())
        {
            Write(name, [command]);
        }
    }

    private bool TryTogether(DatabaseFile file, List<WriteCommand> group)
    {
        try
        {
            file.Begin();
            group.RemoveAll(static command => !command.TryBegin());
            RefuseIfClosed(group);
            foreach (var command in group)
            {
                command.Run(file);
            }

            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            file.Commit();
            _metrics.Flushed(System.Diagnostics.Stopwatch.GetElapsedTime(began), group.Count);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Recover(file, group, failure);
        }

        _state.Succeeded();
        foreach (var command in group)
        {
            command.Complete();
        }

        _files.Nudge(file);
        return true;
    }

    private void RefuseIfClosed(List<WriteCommand> group)
    {
        if (_gate.Refuse() is not { } closed)
        {
            return;
        }

        foreach (var command in group)
        {
            if (!command.IsOwn)
            {
                command.Refuse(closed);
            }
        }

        group.RemoveAll(static command => !command.IsOwn);
    }

    /// <summary>Rolls back; true where the group is answered, false where its commands are to be tried one by one.</summary>
    private bool Recover(DatabaseFile file, List<WriteCommand> group, Exception failure)
    {
        var broken = SqliteFailures.BreaksHandle(failure) || !TryRollback(file);
        if (broken)
        {
            // Never again on this handle: what SQLite believes to be on the disk may not be there.
            _files.Break(file);
        }
        else if (group.Count > 1)
        {
            return false;
        }

        foreach (var command in group)
        {
            Answer(command, failure);
        }

        return true;
    }

    private bool TryRollback(DatabaseFile file)
    {
        try
        {
            file.Rollback();
            return true;
        }
        catch (SqliteFailure failure)
        {
            LogRollbackFailed(failure, file.Name.ToString());
            return false;
        }
    }

    // Not while the log is copied: what is due then is done at its end.
    private void Checkpoint(DatabaseFile file)
    {
        try
        {
            if (_copier.File != file
                && !file.TryEmptyLogOfErased()
                && file.IsLogLong(_options.CheckpointPages)
                && _copier.File is null)
            {
                _copier.Start(file, () => _queue.TryEnqueue(new VisitCommand(file.Name, (_, _) => EndCopy()), forced: true));
            }
        }
        catch (SqliteFailure failure)
        {
            CheckpointFailed(file, failure);
        }
    }

    private void EndCopy()
    {
        if (!_copier.TryTake(out var file, out var failure))
        {
            return;
        }

        try
        {
            if (failure is null)
            {
                file.EndCopy();
            }
        }
        catch (SqliteFailure late)
        {
            failure = late;
        }

        if (failure is not null)
        {
            CheckpointFailed(file, failure);
        }
    }

    private void CheckpointFailed(DatabaseFile file, SqliteFailure failure)
    {
        _state.Failed(failure);
        _metrics.Failed();
        LogCheckpointFailed(failure, file.Name.ToString());
        _files.Break(file);
    }

    private void Answer(WriteCommand command, Exception failure)
    {
        if (SqliteFailures.IsStorage(failure))
        {
            _state.Failed(failure);
            _metrics.Failed();
            LogStorageFailed(failure, command.Database.ToString());
            command.Refuse(StorageErrors.Unavailable);
            return;
        }

        command.Fail(failure);
    }

    [LoggerMessage(1101, LogLevel.Error, "The database {Database} could not be written.")]
    private partial void LogStorageFailed(Exception failure, string database);

    [LoggerMessage(1102, LogLevel.Error, "The write-ahead log of {Database} could not be copied; the file is opened anew.")]
    private partial void LogCheckpointFailed(Exception failure, string database);

    [LoggerMessage(1103, LogLevel.Error, "A transaction of {Database} could not be rolled back; the file is opened anew.")]
    private partial void LogRollbackFailed(Exception failure, string database);
}
