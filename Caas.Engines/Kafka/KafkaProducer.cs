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

    /// <summary>The next append gets another producer; what this one has under way fails.</summary>
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

        // It blocks until its threads have ended.
        _ = Task.Run(failed.Dispose);
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

        // Whoever appends still waits for these.
        last?.Flush(LastWords);
        last?.Dispose();
    }
}
