using Confluent.Kafka;

namespace Caas.Engines.Kafka;

/// <summary>An append that waits for the acknowledgement of each of its records.</summary>
internal sealed class PendingAppend
{
    // The caller goes on in a thread of its own, never in the client's.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private Error? _failure;

    public PendingAppend(int records)
    {
        _open = records;
        Report = OnReport;
    }

    /// <summary>Given with each record; called by the client once for each.</summary>
    public Action<DeliveryReport<byte[], byte[]>> Report { get; }

    /// <summary>Waits until all are told of; a <see cref="TimeoutException"/> where that takes too long.</summary>
    public Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken cancellationToken) =>
        _done.Task.WaitAsync(longest, clock, cancellationToken);

    /// <summary>The first record's error; null where all are durable.</summary>
    public Error? Failure => _failure;

    private void OnReport(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            Interlocked.CompareExchange(ref _failure, report.Error, comparand: null);
        }

        if (Interlocked.Decrement(ref _open) == 0)
        {
            _done.TrySetResult();
        }
    }
}
