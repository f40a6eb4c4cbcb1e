using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>
/// Runs one handler in its consumer group: in the order of each partition, and past a record that fails. That one waits
/// beside the partition, is tried again with back-off, and becomes a dead letter; the offset that is committed never
/// passes it. A partition that is damaged holds up no other, and a stream that is away is joined again.
/// </summary>
internal sealed partial class StreamConsumer(
    IStreamHandler handler, IEventStream stream, ConsumerTools tools, ILogger<StreamConsumer> logger)
    : BackgroundService
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    /// <summary>Consumes until it is stopped; then it has left the group.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The stream is away: join the group again, from what was committed.
                LogDisconnected(handler.Group, DeadLetterReason.Of(exception));
                await WaitAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        await using var subscription = await stream.SubscribeAsync(handler.Topic, handler.Group, cancellationToken);
        await using var session = new ConsumerSession(handler, subscription, tools, logger, cancellationToken);
        while (true)
        {
            if (await ReadAsync(subscription, cancellationToken) is { } batch)
            {
                await session.HandleAsync(batch);
            }
        }
    }

    // Null where a partition turned out to be damaged; the subscription goes on with the others.
    private async ValueTask<StreamBatch?> ReadAsync(IStreamSubscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            return await subscription.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            LogDamaged(handler.Group, handler.Topic, DeadLetterReason.Of(damage));
            await tools.Notices.TryTellAsync(
                NotificationTypes.PartitionDamaged,
                $"{handler.Topic} {handler.Group}",
                DeadLetterReason.Of(damage),
                cancellationToken);

            // A stream that says it again and again must not keep a processor busy.
            await WaitAsync(cancellationToken);
            return null;
        }
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(ReconnectDelay, tools.Clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    [LoggerMessage(5101, LogLevel.Warning, "{Group} lost the stream and joins again: {Reason}")]
    private partial void LogDisconnected(string group, string reason);

    [LoggerMessage(5106, LogLevel.Critical, "{Group} cannot read a partition of {Topic} on; it goes on with the others: {Reason}")]
    private partial void LogDamaged(string group, string topic, string reason);
}
