using Caas.Domain.Events;
using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>Appends records in their order and waits for all of them. Bounded in time and, by the producer's queue, in memory.</summary>
internal sealed class KafkaAppender(
    KafkaProducer producers, KafkaTopics names, KafkaOptions options, KafkaMetrics metrics, TimeProvider clock)
{
    private static readonly TimeSpan QueueFullWait = TimeSpan.FromMilliseconds(5);

    // The library answers for each record within the append's time-out; should it not, nobody waits for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>See <see cref="IEventStream.AppendAsync"/>.</summary>
    public async ValueTask AppendAsync(string topic, IReadOnlyList<StreamRecord> records, CancellationToken cancellationToken)
    {
        var messages = KafkaRecords.Encode(records, options);
        var began = clock.GetTimestamp();
        try
        {
            await SendAsync(names.InKafka(topic), messages, cancellationToken).ConfigureAwait(false);
            metrics.Appended(topic, messages.Length, clock.GetElapsedTime(began));
        }
        catch (Exception failure) when (failure is IOException or ArgumentException)
        {
            metrics.AppendFailed(topic);
            throw;
        }
    }

    private async ValueTask SendAsync(string topic, Message<byte[], byte[]>[] messages, CancellationToken cancellationToken)
    {
        var producer = producers.Current;
        var pending = new PendingAppend(messages.Length);
        var began = clock.GetTimestamp();
        foreach (var message in messages)
        {
            while (!TryProduce(producer, topic, message, pending))
            {
                if (clock.GetElapsedTime(began) > options.AppendTimeout)
                {
                    throw KafkaFailure.OfAppend(new Error(ErrorCode.Local_QueueFull));
                }

                await Task.Delay(QueueFullWait, clock, cancellationToken).ConfigureAwait(false);
            }
        }

        await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        if (pending.Failure is { } failure)
        {
            throw Give(producer, failure);
        }
    }

    private async ValueTask WaitAsync(PendingAppend pending, CancellationToken cancellationToken)
    {
        try
        {
            await pending.Completion.WaitAsync(options.AppendTimeout + Grace, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw KafkaFailure.OfAppend(new Error(ErrorCode.Local_TimedOut));
        }
    }

    // False where the queue is full.
    private bool TryProduce(
        IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> message, PendingAppend pending)
    {
        try
        {
            producer.Produce(topic, message, pending.Report);
            return true;
        }
        catch (ProduceException<byte[], byte[]> full) when (full.Error.Code is ErrorCode.Local_QueueFull)
        {
            return false;
        }
        catch (KafkaException failed)
        {
            throw Give(producer, failed.Error);
        }
        catch (ObjectDisposedException)
        {
            // Another append found it of no more use, a moment ago.
            throw KafkaFailure.OfAppend(new Error(ErrorCode.Local_Destroy));
        }
    }

    private Exception Give(IProducer<byte[], byte[]> producer, Error error)
    {
        if (error.IsFatal || error.Code is ErrorCode.Local_Fatal)
        {
            producers.Replace(producer);
        }

        return KafkaFailure.OfAppend(error);
    }
}
