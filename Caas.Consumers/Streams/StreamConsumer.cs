using System.Collections.Concurrent;
using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>
/// Runs one handler in its consumer group: in the order of each partition, and past a record that fails. That one waits
/// beside the partition, is tried again with back-off, and becomes a dead letter; the offset that is committed never
/// passes it. So many may wait; then the partition waits too.
/// </summary>
internal sealed partial class StreamConsumer(
    IStreamHandler handler, IEventStream stream, DeadLetterWriter deadLetters, TimeProvider clock, ILogger<StreamConsumer> logger)
    : BackgroundService
{
    private const int MaxWaiting = 1000;
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, PartitionProgress> _progress = new();
    private readonly SemaphoreSlim _places = new(MaxWaiting);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _places.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The stream is away: join the group again, from what was committed.
                LogDisconnected(exception, handler.Group);
                await Task.Delay(ReconnectDelay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        _progress.Clear();
        await using var subscription = await stream.SubscribeAsync(handler.Topic, handler.Group, cancellationToken);
        while (true)
        {
            var batch = await subscription.ReadAsync(cancellationToken);
            var progress = _progress.GetOrAdd(batch.Partition, static _ => new PartitionProgress());
            foreach (var record in batch.Records)
            {
                progress.Begin(record.Offset);
                var failure = await TryHandleAsync(record, cancellationToken);
                if (failure is null)
                {
                    progress.Finish(record.Offset);
                    continue;
                }

                await _places.WaitAsync(cancellationToken);
                _ = RetryAsync(subscription, batch, record, progress, failure, cancellationToken);
            }

            await subscription.CommitAsync(batch.Partition, progress.Watermark, cancellationToken);
        }
    }

    private async ValueTask<Exception?> TryHandleAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await handler.HandleAsync(record, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a handler throws must not hold up the records behind.
            return exception;
        }
    }

    private async Task RetryAsync(
        IStreamSubscription subscription,
        StreamBatch batch,
        ConsumedRecord record,
        PartitionProgress progress,
        Exception? failure,
        CancellationToken cancellationToken)
    {
        try
        {
            for (var attempts = 1; failure is not null && attempts < RetryPolicy.MaxAttempts; attempts++)
            {
                LogRetry(failure, handler.Group, batch.Topic, batch.Partition, record.Offset, attempts);
                await Task.Delay(RetryPolicy.DelayAfter(attempts), clock, cancellationToken);
                failure = await TryHandleAsync(record, cancellationToken);
            }

            if (failure is not null)
            {
                await deadLetters.WriteAsync(batch, record, handler.Group, failure, cancellationToken);
            }

            progress.Finish(record.Offset);
            await subscription.CommitAsync(batch.Partition, progress.Watermark, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Stopping, or the stream is away: the offset was not committed, so the record is read again.
            LogRetryStopped(exception, handler.Group, batch.Topic, batch.Partition, record.Offset);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(5101, LogLevel.Warning, "{Group} lost the stream and joins again")]
    private partial void LogDisconnected(Exception exception, string group);

    [LoggerMessage(5102, LogLevel.Warning, "{Group} failed on {Topic}/{Partition}@{Offset}, {Attempts} times so far")]
    private partial void LogRetry(Exception exception, string group, string topic, int partition, long offset, int attempts);

    [LoggerMessage(5103, LogLevel.Information, "{Group} stops trying {Topic}/{Partition}@{Offset}: it is read again later")]
    private partial void LogRetryStopped(Exception exception, string group, string topic, int partition, long offset);
}
