using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Caas.Engines.Redis;

/// <summary>What the operator sees of Redis: the meter <c>Caas.Engines.Redis</c>. Thread-safe.</summary>
internal sealed class RedisMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Engines.Redis";

    private readonly ConcurrentDictionary<string, bool> _available = new(StringComparer.Ordinal);
    private readonly Counter<long> _missed;
    private readonly Counter<long> _published;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _refused;

    public RedisMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("caas.redis.available", ObserveAvailable, "1", "1 where a port works over Redis, 0 where without.");
        _missed = meter.CreateCounter<long>("caas.redis.missed", "{command}", "Commands that were not sent or not answered.");
        _published = meter.CreateCounter<long>("caas.redis.signals.published", "{signal}", "Signals that were published.");
        _dropped = meter.CreateCounter<long>("caas.redis.signals.dropped", "{signal}", "Signals that were perhaps not published.");
        _gaps = meter.CreateCounter<long>("caas.redis.gaps", "{gap}", "Gaps that a receiver of the bus was told of.");
        _refused = meter.CreateCounter<long>("caas.redis.frames.refused", "{frame}", "What came over the bus and is no frame.");
    }

    /// <summary>A port works over Redis, or without.</summary>
    public void Available(string port, bool available) => _available[port] = available;

    /// <summary>A command was not sent or not answered.</summary>
    public void Missed(string port) => _missed.Add(1, new KeyValuePair<string, object?>("port", port));

    /// <summary>A signal was published.</summary>
    public void Published() => _published.Add(1);

    /// <summary>A signal was perhaps not published.</summary>
    public void Dropped() => _dropped.Add(1);

    /// <summary>A receiver was told of a gap.</summary>
    public void Gap(int shard) => _gaps.Add(1, new KeyValuePair<string, object?>("shard", shard));

    /// <summary>Something came that is no frame.</summary>
    public void FrameRefused(int shard) => _refused.Add(1, new KeyValuePair<string, object?>("shard", shard));

    private IEnumerable<Measurement<int>> ObserveAvailable() => _available.Select(static port =>
        new Measurement<int>(port.Value ? 1 : 0, new KeyValuePair<string, object?>("port", port.Key)));
}
