using System.Collections.Concurrent;
using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>
/// One membership of a group, from joining to leaving: what it read and has not finished. At the end the tries that wait
/// are stopped and what is done is committed; the rest is read again by whoever holds the partition next.
/// </summary>
internal sealed partial class ConsumerSession(
    IStreamHandler handler,
    IStreamSubscription subscription,
    ConsumerTools tools,
    ILogger logger,
    CancellationToken cancellationToken) : IAsyncDisposable
{
    // So many failed records may wait beside their partitions; then the partitions wait too.
    private const int MaxWaiting = 1000;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly SemaphoreSlim _places = new(MaxWaiting);
    private readonly ConcurrentDictionary<int, PartitionProgress> _progress = new();
    private readonly ConcurrentDictionary<Task, bool> _waiting = new();

    /// <summary>Has the effect of each record, in their order, and commits how far that is done.</summary>
    public async ValueTask HandleAsync(StreamBatch batch)
    {
        var progress = _progress.GetOrAdd(batch.Partition, static _ => new PartitionProgress());
        foreach (var record in batch.Records)
        {
            progress.Begin(record.Offset);
            if (await TryHandleAsync(record) is { } failure)
            {
                await _places.WaitAsync(_stop.Token);
                Track(RetryAsync(batch, record, progress, failure));
            }
            else
            {
                progress.Finish(record.Offset);
            }
        }

        await subscription.CommitAsync(batch.Partition, progress.Watermark, _stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: what the tries do when they are stopped is short.
#pragma warning disable VSTHRD103
        _stop.Cancel();
#pragma warning restore VSTHRD103
        await Task.WhenAll(_waiting.Keys);
        foreach (var (partition, progress) in _progress)
        {
            await CommitAsync(partition, progress, CancellationToken.None);
        }

        _stop.Dispose();
        _places.Dispose();
    }

    private void Track(Task retry)
    {
        _waiting[retry] = true;
        _ = retry.ContinueWith(
            static (done, waiting) => ((ConcurrentDictionary<Task, bool>)waiting!).TryRemove(done, out _),
            _waiting,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async ValueTask<Exception?> TryHandleAsync(ConsumedRecord record)
    {
        try
        {
            await TimedTry.RunAsync(handler, record, tools.Options, tools.Clock, _stop.Token);
            tools.Metrics.Handled(handler.Group);
            return null;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a handler throws must not hold up the records behind.
            return exception;
        }
    }

    // Never fails: where it is stopped, the record is unfinished and is read again.
    private async Task RetryAsync(StreamBatch batch, ConsumedRecord record, PartitionProgress progress, Exception failure)
    {
        try
        {
            if (await TryAgainAsync(batch, record, failure) is { } last)
            {
                await BuryAsync(batch, record, last);
            }

            progress.Finish(record.Offset);
            await CommitAsync(batch.Partition, progress, _stop.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && _stop.IsCancellationRequested)
        {
            // What was under way when the session ended.
            LogRetryStopped(handler.Group, batch.Topic, batch.Partition, record.Offset);
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<Exception?> TryAgainAsync(StreamBatch batch, ConsumedRecord record, Exception first)
    {
        var failure = first;
        for (var attempts = 1; !handler.GivesUp || attempts < RetryPolicy.MaxAttempts; attempts++)
        {
            LogRetry(
                handler.Group,
                batch.Topic,
                batch.Partition,
                record.Offset,
                attempts,
                DeadLetterReason.Of(failure),
                FailurePlace.Of(failure));
            await Task.Delay(RetryPolicy.DelayAfter(attempts), tools.Clock, _stop.Token);
            tools.Metrics.Retried(handler.Group);
            if (await TryHandleAsync(record) is not { } again)
            {
                return null;
            }

            failure = again;
        }

        return failure;
    }

    // Until the stream takes it: without its letter the record would be lost, or hold up the commits for ever.
    private async ValueTask BuryAsync(StreamBatch batch, ConsumedRecord record, Exception failure)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                await tools.DeadLetters.WriteAsync(
                    batch.Topic, batch.Partition, record, handler.Group, failure, _stop.Token);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException && !_stop.IsCancellationRequested)
            {
                // The stream or the registry is away.
                LogNotBuried(handler.Group, batch.Topic, batch.Partition, record.Offset, DeadLetterReason.Of(exception));
            }

            await Task.Delay(RetryPolicy.DelayAfter(attempts), tools.Clock, _stop.Token);
        }
    }

    private async ValueTask CommitAsync(int partition, PartitionProgress progress, CancellationToken stop)
    {
        try
        {
            await subscription.CommitAsync(partition, progress.Watermark, stop);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // The stream is away: a later commit says the same, or the records are read again.
            LogNotCommitted(handler.Group, handler.Topic, partition, DeadLetterReason.Of(exception));
        }
    }

    // No exception goes into these lines: its message may quote what the record holds.
    [LoggerMessage(
        5102, LogLevel.Warning, "{Group} failed on {Topic}/{Partition}@{Offset}, {Attempts} times so far: {Reason} ({Place})")]
    private partial void LogRetry(
        string group, string topic, int partition, long offset, int attempts, string reason, string place);

    [LoggerMessage(5103, LogLevel.Information, "{Group} stops trying {Topic}/{Partition}@{Offset}: it is read again later")]
    private partial void LogRetryStopped(string group, string topic, int partition, long offset);

    [LoggerMessage(5104, LogLevel.Error, "{Group} could not write the dead letter of {Topic}/{Partition}@{Offset}, again later: {Reason}")]
    private partial void LogNotBuried(string group, string topic, int partition, long offset, string reason);

    [LoggerMessage(5105, LogLevel.Warning, "{Group} could not commit {Topic}/{Partition}: {Reason}")]
    private partial void LogNotCommitted(string group, string topic, int partition, string reason);
}
