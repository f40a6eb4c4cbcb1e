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
        var pending = new PendingAppend(messages.Length);
        var producer = producers.Current;
        foreach (var message in messages)
        {
            ThrowIf(await QueueAsync(producer, topic, message, pending, cancellationToken).ConfigureAwait(false));
        }

        await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        ThrowIf(pending.Failure);
    }

    // Null where the producer took it; where its queue is full it waits for a place.
    private async ValueTask<Error?> QueueAsync(
        IProducer<byte[], byte[]> producer,
        string topic,
        Message<byte[], byte[]> message,
        PendingAppend pending,
        CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var failure = Produce(producer, topic, message, pending);
            if (failure is not { Code: ErrorCode.Local_QueueFull } || clock.GetElapsedTime(began) > options.AppendTimeout)
            {
                return failure;
            }

            await Task.Delay(QueueFullWait, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WaitAsync(PendingAppend pending, CancellationToken cancellationToken)
    {
        try
        {
            await pending.WaitAsync(options.AppendTimeout + Grace, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw KafkaFailure.OfAppend(new Error(ErrorCode.Local_TimedOut));
        }
    }

    private static Error? Produce(
        IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> message, PendingAppend pending)
    {
        try
        {
            producer.Produce(topic, message, pending.Report);
            return null;
        }
        catch (KafkaException failure)
        {
            return failure.Error;
        }
        catch (ObjectDisposedException)
        {
            // It was replaced a moment ago.
            return new Error(ErrorCode.Local_Fatal);
        }
    }

    private static void ThrowIf(Error? failure)
    {
        if (failure is not null)
        {
            throw KafkaFailure.OfAppend(failure);
        }
    }
}
