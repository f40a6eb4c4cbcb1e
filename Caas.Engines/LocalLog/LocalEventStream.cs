using System.Text.RegularExpressions;
using Caas.Domain.Events;
using Caas.Engines.Sqlite.Vfs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <inheritdoc cref="IEventStream"/>
/// <remarks>
/// One SQLite file, opened at the first use, and held alone: a second process that opens it gets an
/// <see cref="IOException"/>. A topic is made at its first use. Members of a group share the partitions within this
/// process. An append is one transaction: all of its records are in the stream, or none.
/// </remarks>
internal sealed partial class LocalEventStream : IEventStream, IStreamStatus, IAsyncDisposable, IDisposable
{
    private const string FileName = "caas_events.db";

    private readonly string _folder;
    private readonly LocalLogOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action<SqliteConnection>? _opened;
    private readonly LogCatalogue _catalogue;
    private readonly LogReader _reader;
    private readonly LogWriter _writer;

    // Owned by the writer's thread until it ended.
    private FileStream? _lock;
    private int _disposed;

    /// <summary>A stream in this folder, which is made where there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The limits.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="logger">Where the operator reads.</param>
    /// <param name="opened">Called with each new connection of the writer; for tests that make it fail.</param>
    public LocalEventStream(
        string folder,
        LocalLogOptions options,
        TimeProvider clock,
        LocalLogMetrics metrics,
        ILogger<LocalEventStream> logger,
        Action<SqliteConnection>? opened = null)
    {
        _folder = folder;
        _options = options;
        _clock = clock;
        _logger = logger;
        _opened = opened;
        _catalogue = new LogCatalogue(options, MakeGroup);
        _reader = new LogReader(Path.Combine(folder, FileName));
        _writer = new LogWriter(options, clock, new RetentionPolicy(options, _catalogue, clock), Open, metrics, logger);
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(
        string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        var log = await OpenTopicAsync(topic, cancellationToken).ConfigureAwait(false);
        var batches = BatchSplitter.Split(log.Partitions, records, _options);
        await _writer.WriteAsync(new AppendRequest(log, batches, _clock), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IStreamSubscription> SubscribeAsync(
        string topic, string group, CancellationToken cancellationToken)
    {
        CheckName(group);
        var log = await OpenTopicAsync(topic, cancellationToken).ConfigureAwait(false);
        var consumers = log.Group(group);
        var member = new GroupMember(consumers, _reader, _writer, _options.MaxReadBytes, _logger);
        consumers.Join(member);
        return member;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken)
    {
        // Opens the file where nobody has: an operator may ask first.
        await _writer.WriteAsync(new OffsetsRequest(), cancellationToken).ConfigureAwait(false);
        return [.. _catalogue.Topics.OrderBy(static topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(static topic => topic.ReadLag())];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.CloseAsync().ConfigureAwait(false);
        Release();
    }

    /// <summary>Whether it can be written; an <see cref="IOException"/> where not.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) => _writer.ProbeAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Release();

    /// <summary>Ends as a killed process does, for tests: what was not flushed is lost.</summary>
    internal async ValueTask AbandonAsync()
    {
        await _writer.AbandonAsync().ConfigureAwait(false);
        Release();
    }

    private async ValueTask<TopicLog> OpenTopicAsync(string topic, CancellationToken cancellationToken)
    {
        if (_catalogue.Find(topic) is { } known)
        {
            return known;
        }

        CheckName(topic);
        await _writer.WriteAsync(new TopicRequest(_catalogue, topic), cancellationToken).ConfigureAwait(false);
        return _catalogue.Find(topic)!;
    }

    // The writer's thread. The lock file outlives a connection that is opened anew, and a killed process drops it.
    private LogFile Open()
    {
        Directory.CreateDirectory(_folder);
        if (_lock is not null)
        {
            // Not the first time: the handle before failed.
            LogRewrite.Run(Path.Combine(_folder, FileName));
        }

        _lock ??= new FileStream(
            Path.Combine(_folder, FileName + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var file = LogFile.Open(Path.Combine(_folder, FileName), _opened);
        _catalogue.Load(file);
        return file;
    }

    private ConsumerGroup MakeGroup(TopicLog topic, string name) => new(topic, name, _writer.Offsets, _logger);

    private void Release()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _writer.Dispose();
        _reader.Dispose();
        foreach (var topic in _catalogue.Topics)
        {
            topic.Close();
        }

        _lock?.Dispose();
    }

    // Kafka's rule for topics, so that a name moves to a cluster.
    private static void CheckName(string name)
    {
        if (name is not { Length: >= 1 and <= 249 } || !Names.IsMatch(name))
        {
            throw new ArgumentException($"'{name}' is not 1 to 249 of A-Z a-z 0-9 . _ -", nameof(name));
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Names { get; }
}
