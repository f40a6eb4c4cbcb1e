using Caas.Domain.Events;

namespace Caas.Engines.Kafka;

/// <inheritdoc cref="IEventStream"/>
/// <remarks>
/// An append is not atomic: on an exception some of its records may be there. Keys are placed by murmur2, as Kafka's own
/// clients and the local log place them. <see cref="ConsumedRecord.AppendedAt"/> is the producer's clock.
/// </remarks>
internal sealed class KafkaEventStream(KafkaAppender appender, TopicKeeper topics, KafkaMembers members, KafkaLag lag)
    : IEventStream, IStreamStatus, IAsyncDisposable
{
    private volatile bool _disposed;

    /// <inheritdoc/>
    public async ValueTask AppendAsync(
        string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (records.Count == 0)
        {
            return;
        }

        await topics.EnsureAsync(topic, cancellationToken).ConfigureAwait(false);
        await appender.AppendAsync(topic, records, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IStreamSubscription> SubscribeAsync(
        string topic, string group, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await topics.EnsureAsync(topic, cancellationToken).ConfigureAwait(false);
        return members.Join(topic, group);
    }

    /// <inheritdoc/>
    /// <remarks>What a member of this process has committed counts, sent or not.</remarks>
    public ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken) =>
        lag.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await members.DisposeAsync().ConfigureAwait(false);
    }
}
