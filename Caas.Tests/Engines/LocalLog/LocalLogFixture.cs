using System.Diagnostics.Metrics;
using Caas.Engines.LocalLog;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.LocalLog;

/// <summary>A local log in a folder of its own, with a clock that stands still.</summary>
internal sealed class LocalLogFixture : IAsyncDisposable
{
    private readonly List<LocalEventStream> _streams = [];
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public LocalLogFixture() => Metrics = new LocalLogMetrics(Meters);

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public LocalLogMetrics Metrics { get; }

    public string Folder { get; private set; } = Directory.CreateTempSubdirectory("caas-log-").FullName;

    public string File => Path.Combine(Folder, "caas_events.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public LocalLogOptions Options { get; } = new();

    public RecordingLogger<LocalEventStream> Logger { get; } = new();

    public Action<SqliteConnection>? Opened { get; set; }

    public LocalEventStream Open()
    {
        var stream = new LocalEventStream(Folder, Options, Clock, Metrics, Logger, connection => Opened?.Invoke(connection));
        _streams.Add(stream);
        return stream;
    }

    /// <summary>What a killed process leaves: the files as the operating system has them, opened elsewhere.</summary>
    public async Task<LocalEventStream> KillAsync(LocalEventStream stream)
    {
        var next = Directory.CreateTempSubdirectory("caas-log-").FullName;
        foreach (var file in Directory.EnumerateFiles(Folder).Where(static name => !name.EndsWith(".lock", StringComparison.Ordinal)))
        {
            System.IO.File.Copy(file, Path.Combine(next, Path.GetFileName(file)));
        }

        await stream.AbandonAsync();
        Directory.Delete(Folder, recursive: true);
        Folder = next;
        return Open();
    }

    /// <summary>Changes the closed or open file from outside.</summary>
    public int Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Asks the file from outside.</summary>
    public long Ask(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? value : -1;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }

        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Remembers what was logged, and lets a test wait for it.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Text)> _entries = [];
    private readonly List<(int Id, TaskCompletionSource Seen)> _waiters = [];

    public IReadOnlyList<(int Id, string Text)> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    public Task WaitForAsync(int id)
    {
        lock (_gate)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((id, seen));
            return seen.Task;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _entries.Add((eventId.Id, formatter(state, exception)));
            foreach (var (id, seen) in _waiters)
            {
                if (id == eventId.Id)
                {
                    seen.TrySetResult();
                }
            }
        }
    }
}
