using System.Diagnostics.Metrics;

namespace Caas.Engines.Kafka;

/// <summary>
/// What the operator sees of the Kafka engine: the meter <c>Caas.Engines.Kafka</c>. How far groups are behind is told by
/// <c>caas.consumers.lag</c>, for every engine alike. Thread-safe.
/// </summary>
internal sealed class KafkaMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Engines.Kafka";

    private readonly Histogram<double> _append;
    private readonly Counter<long> _records;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _replaced;
    private readonly Counter<long> _paused;
    private readonly Counter<long> _rebalances;

    public KafkaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _append = meter.CreateHistogram<double>("caas.kafka.append.duration", "s", "From an append to its last acknowledgement.");
        _records = meter.CreateCounter<long>("caas.kafka.appended", "{record}", "Records that were acknowledged.");
        _failed = meter.CreateCounter<long>("caas.kafka.append.failed", "{append}", "Appends that failed.");
        _replaced = meter.CreateCounter<long>("caas.kafka.producer.replaced", "{client}", "Producers that were of no more use.");
        _paused = meter.CreateCounter<long>("caas.kafka.paused", "{pause}", "Partitions whose fetching paused, since they were not read.");
        _rebalances = meter.CreateCounter<long>("caas.kafka.partitions.moved", "{partition}", "Partitions that this node got or gave.");
    }

    /// <summary>Records are durable.</summary>
    public void Appended(string topic, int records, TimeSpan duration)
    {
        _records.Add(records, Tag("topic", topic));
        _append.Record(duration.TotalSeconds, Tag("topic", topic));
    }

    /// <summary>An append failed.</summary>
    public void AppendFailed(string topic) => _failed.Add(1, Tag("topic", topic));

    /// <summary>A producer was given up.</summary>
    public void ProducerReplaced() => _replaced.Add(1);

    /// <summary>A partition is not read as fast as it is fetched.</summary>
    public void Paused(string group) => _paused.Add(1, Tag("group", group));

    /// <summary>Partitions changed hands.</summary>
    public void Moved(string group, int partitions) => _rebalances.Add(partitions, Tag("group", group));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
