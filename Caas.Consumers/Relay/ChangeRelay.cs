using System.Diagnostics;
using Caas.Consumers.Streams;
using Caas.Domain.Events;

namespace Caas.Consumers.Relay;

/// <summary>
/// Moves committed changes into the event stream, in the order of their versions: one loop a shard of the outbox, idle
/// until a commit nudges it. A batch that the stream does not take is tried again for as long as it takes: the outbox
/// keeps it, and what is appended twice the consumers skip by its version.
/// </summary>
internal sealed partial class ChangeRelay(
    IOutbox outbox,
    IEventStream stream,
    IEventCodec codec,
    ConsumerMetrics metrics,
    TimeProvider clock,
    ILogger<ChangeRelay> logger) : BackgroundService
{
    /// <summary>The source of the relay's activities.</summary>
    public const string ActivitySourceName = "Caas.Consumers.Relay";

    private const int BatchSize = 256;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);
    private static readonly ActivitySource Activities = new(ActivitySourceName);

    /// <summary>Relays until it is stopped.</summary>
    internal Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, outbox.Shards).Select(shard => RunAsync(shard, cancellationToken)));

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async Task RunAsync(int shard, CancellationToken cancellationToken)
    {
        var delay = FirstDelay;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var batch = await outbox.ReadAsync(shard, BatchSize, cancellationToken);
                var began = clock.GetTimestamp();
                metrics.RelayBegan(shard, batch.Changes.Count);
                await stream.AppendAsync(Topics.Events, await EncodeAsync(batch, cancellationToken), cancellationToken);
                await outbox.ConfirmAsync(batch, cancellationToken);
                metrics.RelayEnded(shard, clock.GetElapsedTime(began));
                delay = FirstDelay;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The changes stay in the outbox: wait, longer each time, and go on.
                metrics.RelayFailed(shard);
                LogFailed(shard, delay, DeadLetterReason.Of(exception), FailurePlace.Of(exception));
                await Task.Delay(delay, clock, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2;
            }
        }
    }

    private async ValueTask<IReadOnlyList<StreamRecord>> EncodeAsync(OutboxBatch batch, CancellationToken cancellationToken)
    {
        var records = new List<StreamRecord>(batch.Changes.Count);
        foreach (var change in batch.Changes)
        {
            using var activity = change.TraceParent is { } parent
                ? Activities.StartActivity("relay " + change.Type, ActivityKind.Producer, parent)
                : null;
            records.Add(new StreamRecord(
                change.ConversationId?.ToString() ?? change.ClientId.ToString(),
                await codec.EncodeAsync(Topics.Events, change, cancellationToken),
                activity?.Id ?? change.TraceParent));
        }

        return records;
    }

    [LoggerMessage(5001, LogLevel.Warning, "Relay shard {Shard} could not append, again in {Delay}: {Reason} ({Place})")]
    private partial void LogFailed(int shard, TimeSpan delay, string reason, string place);
}
