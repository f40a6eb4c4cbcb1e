using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>
/// The one producer of this process, replaced after an error that it cannot recover from (a topic that was made anew, a
/// broker that lost what it had acknowledged). Thread-safe.
/// </summary>
/// <param name="first">The first; made before this, so that a container disposes it after this.</param>
/// <param name="next">Makes another.</param>
/// <param name="metrics">What it counts.</param>
internal sealed class KafkaProducer(
    IProducer<byte[], byte[]> first, Func<IProducer<byte[], byte[]>> next, KafkaMetrics metrics) : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    // Owned by _gate.
    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _current = first;
    private bool _disposed;

    /// <summary>The producer of now.</summary>
    public IProducer<byte[], byte[]> Current
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _current ??= next();
            }
        }
    }

    /// <summary>
    /// The next append gets another producer; what this one has under way fails. Called by its error handler: of a producer
    /// that failed a single record does not tell.
    /// </summary>
    public void Replace(IProducer<byte[], byte[]> failed)
    {
        lock (_gate)
        {
            if (_current != failed)
            {
                return;
            }

            _current = null;
        }

        metrics.ProducerReplaced();

        // It blocks, and the caller is one of its own threads.
        _ = Task.Run(() => End(failed));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IProducer<byte[], byte[]>? last;
        lock (_gate)
        {
            _disposed = true;
            (last, _current) = (_current, null);
        }

        if (last is not null)
        {
            End(last);
        }
    }

    // Whoever appends still waits for what it has under way, also where that fails.
    private static void End(IProducer<byte[], byte[]> producer)
    {
        try
        {
            producer.Flush(LastWords);
        }
        catch (KafkaException)
        {
            // The appends were told, or give up by their own time-out.
        }
        finally
        {
            producer.Dispose();
        }
    }
}
