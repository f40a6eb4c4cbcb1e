using System.Collections.Concurrent;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// All files of the engine: <see cref="WriteAsync"/> runs something on the one writer of a file and answers after the
/// flush, <see cref="ReadAsync"/> runs something in a snapshot that has every commit that was answered before: on a reader
/// of the file, or on its writer where it is seldom read. Thread-safe.
/// </summary>
internal sealed class DatabaseSet : IPendingLedger, IAsyncDisposable
{
    private readonly ConcurrentDictionary<DatabaseName, DatabaseFile> _files = new();
    private readonly DataFolder _folder;
    private readonly TimeProvider _clock;
    private readonly WriteGate _gate;
    private readonly WriterThread[] _threads;
    private readonly Lock _opening = new();
    private Task? _opened;
    private bool _started;
    private bool _disposed;

    public DatabaseSet(
        DataFolder folder,
        IOptions<SqliteOptions> options,
        TimeProvider clock,
        RelaySources relays,
        SqliteMetrics metrics,
        ILoggerFactory loggers)
    {
        _folder = folder;
        _clock = clock;
        Relays = relays;
        State = new StorageState();
        _gate = new WriteGate(folder.MoveMark, clock);
        _threads = new WriterThread[options.Value.WriterThreads];
        for (var i = 0; i < _threads.Length; i++)
        {
            var copier = new LogCopier($"caas-sqlite-copier-{i}");
            var files = new OpenFiles(
                new PendingMarks(this), _files, folder, copier, relays, options.Value, clock, loggers.CreateLogger<OpenFiles>());
            _threads[i] = new WriterThread(
                $"caas-sqlite-writer-{i}", files, copier, State, options.Value, _gate, metrics,
                loggers.CreateLogger<WriterThread>());
        }

        metrics.Observe(_threads);
    }

    public StorageState State { get; }

    public RelaySources Relays { get; }

    private WriterThread PlatformThread => _threads[0];

    /// <summary>Takes the folder, opens the platform's file and finds what a crash left to relay. Repeating it does nothing.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        lock (_opening)
        {
            _opened ??= StartAsync();
            return _opened.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction of the file's writer thread, which may be shared with others' work,
    /// and answers after it is durable. May run twice: after a rollback it runs again, alone. A refusal rolls nothing back:
    /// whoever refuses has written nothing.
    /// </summary>
    public ValueTask<Result<TOutcome>> WriteAsync<TState, TOutcome>(
        DatabaseName name,
        TState state,
        Func<DatabaseFile, TState, Result<TOutcome>> work,
        CancellationToken cancellationToken,
        bool forced = false,
        bool own = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var command = new WriteCommand<TState, TOutcome>(name, state, work) { IsOwn = own };
        if (!ThreadOf(name).TryEnqueue(command, forced))
        {
            return new ValueTask<Result<TOutcome>>(StorageErrors.Overloaded);
        }

        command.CancelWith(cancellationToken);
        return command.Answer;
    }

    /// <summary>
    /// Runs <paramref name="read"/> in a snapshot of the file; <paramref name="absent"/> where there is no such file,
    /// which then is not made. <see cref="StorageException"/> where the file cannot be read.
    /// </summary>
    public async ValueTask<TOutcome> ReadAsync<TState, TOutcome>(
        DatabaseName name,
        TState state,
        Func<Connection, TState, TOutcome> read,
        TOutcome absent,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_files.TryGetValue(name, out var file) || !file.TryLease())
        {
            return await ReadOnWriterAsync(name, state, read, absent, cancellationToken);
        }

        file.LastUsed = _clock.GetTimestamp();
        if (file.IsSeldomRead())
        {
            file.Release();
            return await ReadOnWriterAsync(name, state, read, absent, cancellationToken);
        }

        var broken = true;
        Connection? connection = null;
        try
        {
            connection = await file.Readers.RentAsync(cancellationToken);
            connection.Prepare("BEGIN").Run();
            var outcome = read(connection, state);
            connection.Prepare("COMMIT").Run();
            broken = false;
            return outcome;
        }
        catch (SqliteFailure failure) when (failure.IsStorage)
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
        finally
        {
            if (connection is not null)
            {
                file.Readers.Return(connection, broken);
            }

            file.Release();
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> some time; nobody waits, and it may be lost. A transaction without work still saves
    /// what the file adds to every one: the relay's position.
    /// </summary>
    public void Post<TState>(DatabaseName name, TState state, Action<DatabaseFile, TState> work, bool forced)
    {
        if (name.Client is not { } client || File.Exists(_folder.ClientDatabase(client)))
        {
            var command = new WriteCommand<(TState State, Action<DatabaseFile, TState> Work), bool>(
                name,
                (state, work),
                static (file, post) =>
                {
                    post.Work(file, post.State);
                    return true;
                })
            {
                IsOwn = forced,
            };
            ThreadOf(name).TryEnqueue(command, forced);
        }
    }

    /// <summary>Writes something small, to see whether that is possible.</summary>
    public async ValueTask TryWriteAsync(CancellationToken cancellationToken) =>
        await WriteAsync<int, bool>(DatabaseName.Platform, 0, static (file, _) => PlatformSql.Probe(file.Writer), cancellationToken);

    /// <summary>Reads something small, to see whether that is possible.</summary>
    public async ValueTask TryReadAsync(CancellationToken cancellationToken) =>
        await ReadAsync(DatabaseName.Platform, 0, static (connection, _) => PlatformSql.Look(connection), false, cancellationToken);

    /// <summary>Closes a client's file and removes it.</summary>
    public async ValueTask EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        var command = new VisitCommand(DatabaseName.Of(clientId), (files, name) =>
        {
            if (_gate.Refuse() is { } closed)
            {
                throw new StorageException(closed);
            }

            files.Erase(name);
        });
        ThreadOf(command.Database).TryEnqueue(command, forced: true);
        (await command.Answer.AsTask().WaitAsync(cancellationToken)).OrThrow();
    }

    /// <inheritdoc/>
    public void Mark(IReadOnlyList<ClientId> clients)
    {
        var marking = NoteAsync(PlatformSql.MarkPending, clients);

        // The platform's thread waits for no other, so the wait ends. It is one flush when files are opened.
#pragma warning disable VSTHRD002 // A writer thread has nothing else to do meanwhile, and no continuation runs on it.
        var marked = marking.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        if (marked.Error is not null)
        {
            throw new IOException("The platform's database could not be written.");
        }
    }

    /// <inheritdoc/>
    public void Clear(IReadOnlyList<ClientId> clients) => _ = NoteAsync(PlatformSql.ClearPending, clients);

    /// <summary>Writes what is queued, saves the relay's positions, closes the files and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_started)
        {
            // The platform's thread last: closing the others' files writes to its file.
            await Task.WhenAll(_threads.Skip(1).Select(thread => thread.StopAsync()));
            await PlatformThread.StopAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        var version = Connection.LibraryVersion();
        if (version < Connection.OldestLibrary)
        {
            throw new NotSupportedException($"SQLite {version} is too old: {Connection.OldestLibrary} or newer is needed.");
        }

        await _folder.OpenAsync(CancellationToken.None);
        foreach (var thread in _threads)
        {
            thread.Start();
        }

        _started = true;
        await VisitAsync(DatabaseName.Platform, static (files, name) => files.Open(name), CancellationToken.None);
        Relays.Nudge(Relays.Get(DatabaseName.Platform));
        var pending = await ReadAsync(
            DatabaseName.Platform, 0, static (connection, _) => PlatformSql.ReadPending(connection), [], CancellationToken.None);
        foreach (var client in pending)
        {
            Relays.Nudge(Relays.Get(DatabaseName.Of(client)));
        }
    }

    // In the platform's file; on its own thread at once, since whoever waits there would wait for itself.
    private Task<Result<bool>> NoteAsync(string sql, IReadOnlyList<ClientId> clients)
    {
        var command = new WriteCommand<(string Sql, IReadOnlyList<ClientId> Clients), bool>(
            DatabaseName.Platform,
            (sql, clients),
            static (file, note) =>
            {
                foreach (var client in note.Clients)
                {
                    file.Writer.Prepare(note.Sql).Bind(client.Value).Run();
                }

                return true;
            })
        {
            IsOwn = true,
        };
        if (PlatformThread.IsCurrent)
        {
            PlatformThread.RunInline(command);
        }
        else
        {
            PlatformThread.TryEnqueue(command, forced: true);
        }

        return command.Answer.AsTask();
    }

    private WriterThread ThreadOf(DatabaseName name) => _threads[Relays.ShardOf(name)];

    // A connection more for a file that is looked at once would cost more than all that is done with it: each reads the
    // whole schema, and compiles its statements anew.
    private async ValueTask<TOutcome> ReadOnWriterAsync<TState, TOutcome>(
        DatabaseName name, TState state, Func<Connection, TState, TOutcome> read, TOutcome absent, CancellationToken cancellationToken)
    {
        var outcome = absent;
        await VisitAsync(name, (files, database) => outcome = files.Read(database, state, read, absent), cancellationToken);
        return outcome;
    }

    private async Task VisitAsync(DatabaseName name, Action<OpenFiles, DatabaseName> visit, CancellationToken cancellationToken)
    {
        var command = new VisitCommand(name, visit);
        if (!ThreadOf(name).TryEnqueue(command, forced: false))
        {
            throw new StorageException(StorageErrors.Overloaded);
        }

        (await command.Answer.AsTask().WaitAsync(cancellationToken)).OrThrow();
    }
}
