using System.Runtime.CompilerServices;
using Caas.Consumers.Streams;
using Caas.Domain.Events;
using Microsoft.Extensions.Options;

namespace Caas.Consumers.Notifications;

/// <summary>Reads how everything stands that the operator is told of.</summary>
internal sealed class QuotaReader(
    IStreamStatus stream,
    IOutbox outbox,
    IEnumerable<IStorageStatus> storage,
    ConsumerMetrics metrics,
    IOptions<NotificationsOptions> options)
{
    private readonly NotificationsOptions _limits = options.Value;

    /// <summary>Each kind by itself: what could not be read says so, and the others are there.</summary>
    public async IAsyncEnumerable<QuotaReading> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await TryAsync("the outbox", ReadOutboxAsync, cancellationToken);
        yield return await TryAsync("the disk", ReadStorageAsync, cancellationToken);
        yield return await TryAsync("the consumer groups", ReadLagAsync, cancellationToken);
    }

    private static async ValueTask<QuotaReading> TryAsync(
        string what, Func<CancellationToken, ValueTask<IReadOnlyList<Quota>>> read, CancellationToken cancellationToken)
    {
        try
        {
            return new QuotaReading(what, await read(cancellationToken), Failure: null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // Its engine is away: the next look may find it.
            return new QuotaReading(what, [], exception);
        }
    }

    private async ValueTask<IReadOnlyList<Quota>> ReadOutboxAsync(CancellationToken cancellationToken)
    {
        var backlog = await outbox.ReadBacklogAsync(cancellationToken);
        metrics.Backlog(backlog);
        return
        [
            new Quota("outbox changes", backlog.Changes, _limits.OutboxChanges, FormattableString.Invariant(
                $"{backlog.Changes} changes wait for the relay.")),
            new Quota("outbox age", backlog.Waiting.TotalSeconds, _limits.OutboxAge.TotalSeconds, FormattableString.Invariant(
                $"Changes wait, and the relay has moved none of them for {backlog.Waiting.TotalSeconds:0} seconds.")),
        ];
    }

    private async ValueTask<IReadOnlyList<Quota>> ReadStorageAsync(CancellationToken cancellationToken)
    {
        var read = new List<Quota>();
        var spaces = new List<StorageSpace>();
        foreach (var one in storage)
        {
            var space = await one.ReadAsync(cancellationToken);
            spaces.Add(space);
            var free = FormattableString.Invariant($"{space.FreeBytes} bytes are free on the disk of the data folder.");
            var log = FormattableString.Invariant($"The event stream's file takes {space.LogBytes} bytes.");
            read.Add(new Quota("disk", space.FreeBytes, _limits.FreeDiskBytes, free) { IsFloor = true });
            read.Add(new Quota("event stream", space.LogBytes, _limits.LogBytes, log));
        }

        metrics.Storage(spaces);
        return read;
    }

    private async ValueTask<IReadOnlyList<Quota>> ReadLagAsync(CancellationToken cancellationToken)
    {
        var lags = await stream.ReadLagAsync(cancellationToken);
        metrics.Lag(lags);
        return
        [
            .. lags.Where(static lag => lag.Group is not null).Select(lag => new Quota(
                FormattableString.Invariant($"{lag.Group} {lag.Topic}/{lag.Partition}"),
                lag.Lag,
                _limits.LagRecords,
                FormattableString.Invariant($"{lag.Lag} records are not read yet."))),
        ];
    }
}

/// <summary>What was read of one kind.</summary>
/// <param name="What">The kind.</param>
/// <param name="Quotas">How it stands; empty where it could not be read.</param>
/// <param name="Failure">Why it could not be read; null where it was.</param>
internal sealed record QuotaReading(string What, IReadOnlyList<Quota> Quotas, Exception? Failure);
