using System.Threading.Channels;
using Caas.Domain.Events;
using Microsoft.Extensions.Logging;

namespace Caas.Engines.LocalLog;

/// <inheritdoc/>
/// <remarks>
/// A batch that does not match its checksum, or is missing, is told once by an <see cref="InvalidDataException"/> that
/// names the place; this member then reads its other partitions only, and a new member is told again. Nothing is skipped.
/// Disposing waits until the group's committed offsets are durable.
/// </remarks>
internal sealed class GroupMember(ConsumerGroup group, LogReader reader, LogWriter writer, int maxReadBytes, ILogger logger)
    : IStreamSubscription
{
    // One token at the most: there may be something to read.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    // Owned by the reader.
    private int _last = -1;

    private volatile bool _closed;
    private int _disposed;

    /// <summary>There may be something to read.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Nothing comes any more.</summary>
    public void Close()
    {
        _closed = true;
        Wake();
    }

    /// <inheritdoc/>
    public async ValueTask<StreamBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!group.TryClaim(this, _last, out var claim))
            {
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            _last = claim.Partition.Number;
            if (await ReadAsync(claim, cancellationToken).ConfigureAwait(false) is { } batch)
            {
                return batch;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(int partition, long nextOffset, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        group.Commit(this, partition, nextOffset);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        group.Leave(this);
        Close();
        await writer.FlushOffsetsAsync().ConfigureAwait(false);
    }

    private async ValueTask<StreamBatch?> ReadAsync(Claim claim, CancellationToken cancellationToken)
    {
        var partition = claim.Partition;
        if (claim.Next < partition.Start)
        {
            GoToStart(claim);
            return null;
        }

        var records = partition.ReadTail(claim.Next, maxReadBytes)
            ?? await ReadFileAsync(claim, cancellationToken).ConfigureAwait(false);
        return records is not null && group.Advance(claim, records[^1].Offset + 1)
            ? new StreamBatch(partition.Topic, partition.Number, records)
            : null;
    }

    private async ValueTask<IReadOnlyList<ConsumedRecord>?> ReadFileAsync(Claim claim, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(claim.Partition, claim.Next, maxReadBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            group.Stop(claim);
            LogMessages.BatchRefused(logger, claim.Partition.Topic, claim.Partition.Number, claim.Next, e);
            throw;
        }
    }

    private void GoToStart(Claim claim)
    {
        var partition = claim.Partition;
        var start = partition.Start;
        if (group.Advance(claim, start))
        {
            LogMessages.OffsetRetainedAway(logger, partition.Topic, partition.Number, group.Name, claim.Next, start);
        }
    }
}
