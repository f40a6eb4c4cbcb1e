using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <summary>
/// The one thread that writes: it takes everything that waits and gives it to <see cref="GroupCommit"/>. Between two
/// groups retention takes a step.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const long MaxGroupBytes = 8 * 1024 * 1024;

    private readonly ILogger _logger;
    private readonly ITimer _retentionTimer;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<WriteRequest> _queue = new();
    private readonly SemaphoreSlim _slots;
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing;
    private volatile bool _abandoned;
    private volatile bool _retentionDue;

    // Owned by the thread.
    private readonly List<WriteRequest> _group = [];
    private readonly GroupCommit _commit;

    /// <summary>A writer whose thread waits for work.</summary>
    public LogWriter(
        LocalLogOptions options,
        TimeProvider clock,
        RetentionPolicy retention,
        Func<LogFile> open,
        LocalLogMetrics metrics,
        ILogger logger)
    {
        _logger = logger;
        _slots = new SemaphoreSlim(options.QueueCapacity, options.QueueCapacity);
        Offsets = new OffsetLedger(clock, options.OffsetDelay, () => _work.Set());
        _commit = new GroupCommit(open, Offsets, retention, metrics, logger);
        _retentionTimer = clock.CreateTimer(
            _ =>
            {
                _retentionDue = true;
                _work.Set();
            },
            state: null,
            options.RetentionInterval,
            options.RetentionInterval);
        _thread = new Thread(Run) { IsBackground = true, Name = "caas-local-log" };
        _thread.Start();
    }

    /// <summary>The offsets that wait for their flush.</summary>
    public OffsetLedger Offsets { get; }

    /// <summary>Asks the file something small; writes it where the last write failed. An <see cref="IOException"/> where it cannot.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        WriteAsync(new ProbeRequest(_commit.HasFailed), cancellationToken);

    /// <summary>Waits for a place in the queue, then for the flush. Cancelling leaves open whether it was written.</summary>
    public async Task WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_closing, this);
        _queue.Enqueue(request);
        _work.Set();
        if (_ended.Task.IsCompleted)
        {
            FailWaiting();
        }

        await request.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the committed offsets durable; where that fails they are logged, kept and tried again.</summary>
    public async Task FlushOffsetsAsync()
    {
        try
        {
            await WriteAsync(new OffsetsRequest(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            LogMessages.OffsetsNotFlushed(_logger, e);
        }
        catch (ObjectDisposedException)
        {
            // The log was closed first, and closing flushed them.
        }
    }

    /// <summary>Writes what waits, then ends. The task completes when the file is closed.</summary>
    public Task CloseAsync()
    {
        _closing = true;
        _work.Set();
        return _ended.Task;
    }

    /// <summary>Ends as a killed process does: what was not flushed is lost.</summary>
    internal Task AbandonAsync()
    {
        _abandoned = true;
        return CloseAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = CloseAsync();
        _thread.Join();
        _retentionTimer.Dispose();
        Offsets.Dispose();
    }

    private void Run()
    {
        while (!_abandoned && !(_closing && _queue.IsEmpty))
        {
            if (_queue.IsEmpty && !_retentionDue && !Offsets.IsDue)
            {
                _work.WaitOne();
            }

            TakeGroup();
            if (_group.Count > 0 || Offsets.IsDue)
            {
                _commit.Write(_group);
            }

            if (_retentionDue && !_closing)
            {
                _retentionDue = false;
                _retentionDue |= _commit.Retain();
            }
        }

        if (!_abandoned)
        {
            _group.Clear();
            _commit.Write(_group);
        }

        _commit.Dispose();
        _ended.TrySetResult();
        FailWaiting();
    }

    private void TakeGroup()
    {
        _group.Clear();
        var bytes = 0L;
        while (bytes < MaxGroupBytes && _queue.TryDequeue(out var request))
        {
            _slots.Release();
            _group.Add(request);
            bytes += request.Bytes;
        }
    }

    private void FailWaiting()
    {
        while (_queue.TryDequeue(out var request))
        {
            _slots.Release();
            request.Fail(new ObjectDisposedException(nameof(LocalEventStream)));
        }
    }
}
