using System.Diagnostics.Metrics;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>What the operator sees of the SQLite engine: the meter <c>Caas.Engines.Sqlite</c>. Thread-safe.</summary>
internal sealed class SqliteMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Engines.Sqlite";

    private readonly Meter _meter;
    private readonly Histogram<double> _flush;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _failures;

    public SqliteMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _flush = _meter.CreateHistogram<double>("caas.sqlite.flush.duration", "s", "How long a durable commit took, whatever it held.");
        _batches = _meter.CreateHistogram<int>("caas.sqlite.batch.size", "{write}", "How many writes shared a commit.");
        _failures = _meter.CreateCounter<long>("caas.sqlite.failures", "{failure}", "Failures of the storage: full, broken, not to be opened.");
    }

    /// <summary>A commit is durable.</summary>
    public void Flushed(TimeSpan duration, int writes)
    {
        _flush.Record(duration.TotalSeconds);
        _batches.Record(writes);
    }

    /// <summary>The storage failed.</summary>
    public void Failed() => _failures.Add(1);

    // Asked when somebody looks, so that writing pays nothing for it.
    public void Observe(IReadOnlyList<WriterThread> threads) => _meter.CreateObservableGauge(
        "caas.sqlite.queued",
        () => threads.Select(static (thread, number) =>
            new Measurement<int>(thread.Queued, new KeyValuePair<string, object?>("thread", number))),
        "{write}",
        "Writes that wait for a writer thread.");
}
