using System.Diagnostics.Metrics;

namespace Caas.Engines.LocalLog;

/// <summary>What the operator sees of the embedded event stream: the meter <c>Caas.Engines.LocalLog</c>. Thread-safe.</summary>
internal sealed class LocalLogMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Engines.LocalLog";

    private readonly Histogram<double> _flush;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _failures;

    public LocalLogMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _flush = meter.CreateHistogram<double>("caas.locallog.flush.duration", "s", "How long a durable transaction took.");
        _batches = meter.CreateHistogram<int>("caas.locallog.batch.size", "{write}", "How many appends shared a transaction.");
        _failures = meter.CreateCounter<long>("caas.locallog.failures", "{failure}", "Transactions that the file did not take.");
    }

    /// <summary>A transaction is durable.</summary>
    public void Flushed(TimeSpan duration, int requests)
    {
        _flush.Record(duration.TotalSeconds);
        _batches.Record(requests);
    }

    /// <summary>The file did not take one.</summary>
    public void Failed() => _failures.Add(1);
}
