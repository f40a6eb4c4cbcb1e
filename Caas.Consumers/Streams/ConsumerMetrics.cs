using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Caas.Domain.Events;

namespace Caas.Consumers.Streams;

/// <summary>What the operator sees of the consumers: the meter <c>Caas.Consumers</c>. Thread-safe.</summary>
internal sealed class ConsumerMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Consumers";

    private readonly Counter<long> _handled;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _relayDuration;
    private readonly Counter<long> _relayFailures;
    private readonly ConcurrentDictionary<int, int> _pending = new();
    private readonly ConcurrentDictionary<string, bool> _engines = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<GroupLag> _lags = [];
    private volatile OutboxBacklog _backlog = new(0, TimeSpan.Zero);
    private volatile IReadOnlyList<StorageSpace> _storage = [];
    private int _waiting;

    public ConsumerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _handled = meter.CreateCounter<long>("caas.consumers.handled", "{record}", "Records that had their effect.");
        _retried = meter.CreateCounter<long>("caas.consumers.retried", "{try}", "Tries after a failed one.");
        _deadLetters = meter.CreateCounter<long>("caas.consumers.dead_letters", "{record}", "Records that were given up.");
        meter.CreateObservableGauge("caas.consumers.lag", ObserveLag, "{record}", "Records that a group has not committed.");
        meter.CreateObservableGauge("caas.outbox.changes", () => _backlog.Changes, "{change}", "Changes that wait for the relay.");
        meter.CreateObservableGauge(
            "caas.outbox.waiting", () => _backlog.Waiting.TotalSeconds, "s", "How long changes wait and none of their log is moved.");
        _relayDuration = meter.CreateHistogram<double>("caas.relay.duration", "s", "From the outbox to the stream, a batch.");
        meter.CreateObservableGauge("caas.relay.pending", ObservePending, "{change}", "Changes that a shard is moving.");
        _relayFailures = meter.CreateCounter<long>("caas.relay.failures", "{batch}", "Batches that the stream or the outbox did not take.");
        meter.CreateObservableGauge(
            "caas.dead_letters.waiting", () => Volatile.Read(ref _waiting), "{letter}", "Dead letters that the operator has not decided, up to a hundred.");
        meter.CreateObservableGauge("caas.engines.up", ObserveEngines, description: "1 where an engine answers its check, 0 where it is away.");
        meter.CreateObservableGauge("caas.storage.free", ObserveFree, "By", "What the disk of the data folder still takes.");
        meter.CreateObservableGauge("caas.storage.stream", ObserveStream, "By", "What the file of the embedded event stream takes.");
    }

    /// <summary>A record had its effect.</summary>
    public void Handled(string group) => _handled.Add(1, Tag("group", group));

    /// <summary>A record is tried again.</summary>
    public void Retried(string group) => _retried.Add(1, Tag("group", group));

    /// <summary>A record was given up.</summary>
    public void DeadLetter(string group) => _deadLetters.Add(1, Tag("group", group));

    /// <summary>How far the groups were behind when somebody last looked.</summary>
    public void Lag(IReadOnlyList<GroupLag> lags) => _lags = lags;

    /// <summary>What waited in the outbox when somebody last looked.</summary>
    public void Backlog(OutboxBacklog backlog) => _backlog = backlog;

    /// <summary>How many dead letters waited when somebody last looked.</summary>
    public void Waiting(int letters) => Volatile.Write(ref _waiting, letters);

    /// <summary>Whether an engine answered its check.</summary>
    public void Engine(string engine, bool isUp) => _engines[engine] = isUp;

    /// <summary>The space of each data folder when somebody last looked.</summary>
    public void Storage(IReadOnlyList<StorageSpace> spaces) => _storage = spaces;

    /// <summary>A relay shard took changes out of the outbox.</summary>
    public void RelayBegan(int shard, int changes) => _pending[shard] = changes;

    /// <summary>They are in the stream, and the outbox knows.</summary>
    public void RelayEnded(int shard, TimeSpan duration)
    {
        _pending[shard] = 0;
        _relayDuration.Record(duration.TotalSeconds, Tag("shard", shard));
    }

    /// <summary>They are not, and are tried again.</summary>
    public void RelayFailed(int shard) => _relayFailures.Add(1, Tag("shard", shard));

    private IEnumerable<Measurement<int>> ObserveEngines() =>
        _engines.Select(static engine => new Measurement<int>(engine.Value ? 1 : 0, Tag("engine", engine.Key)));

    private IEnumerable<Measurement<long>> ObserveFree() => _storage.Select(static space => new Measurement<long>(space.FreeBytes));

    private IEnumerable<Measurement<long>> ObserveStream() => _storage.Select(static space => new Measurement<long>(space.LogBytes));

    private IEnumerable<Measurement<long>> ObserveLag() =>
        from lag in _lags
        where lag.Group is not null
        select new Measurement<long>(lag.Lag, Tag("topic", lag.Topic), Tag("partition", lag.Partition), Tag("group", lag.Group!));

    private IEnumerable<Measurement<int>> ObservePending() =>
        _pending.Select(static shard => new Measurement<int>(shard.Value, Tag("shard", shard.Key)));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
