using System.Diagnostics.Metrics;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;

namespace Caas.Engines.Mongo.Storage;

/// <summary>What the engine measures: every command by its name, the batches, and what had to be tried again.</summary>
internal sealed class MongoMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Caas.Engines.Mongo";

    private readonly Meter _meter;
    private readonly Histogram<double> _commands;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _retries;
    private Func<int> _queued = static () => 0;

    public MongoMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _commands = _meter.CreateHistogram<double>(
            "caas.mongo.command.duration", "s", "How long a command took, by name and outcome.");
        _batches = _meter.CreateHistogram<int>("caas.mongo.batch.size", "{write}", "How many commits shared a transaction.");
        _retries = _meter.CreateCounter<long>("caas.mongo.retries", "{retry}", "What was tried again, by reason.");
        _meter.CreateObservableGauge("caas.mongo.queued", () => Volatile.Read(ref _queued)(), "{write}", "Writes that wait, over all databases.");
    }

    /// <summary>Where to ask how many writes wait, when somebody looks.</summary>
    public void Observe(WriteQueues queues) => Volatile.Write(ref _queued, () => queues.Count);

    /// <summary>Takes the events of a client's commands.</summary>
    public void Observe(ClusterBuilder cluster) => cluster
        .Subscribe<CommandSucceededEvent>(one => Ended(one.CommandName, one.Duration, "ok"))
        .Subscribe<CommandFailedEvent>(one => Ended(one.CommandName, one.Duration, "failed"));

    public void Batched(int size) => _batches.Record(size);

    public void Retried(string reason) => _retries.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();

    private void Ended(string command, TimeSpan duration, string outcome) => _commands.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("command", command),
        new KeyValuePair<string, object?>("outcome", outcome));
}
