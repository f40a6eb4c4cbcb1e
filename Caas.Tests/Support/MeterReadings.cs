using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Caas.Tests.Support;

/// <summary>
/// What the instruments of one container were given since this began; what other tests' instruments in this process get
/// stays unread.
/// </summary>
public sealed class MeterReadings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Reading> _readings = [];

    public MeterReadings(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Everything that one instrument was given, with these tags among its own.</summary>
    public IReadOnlyList<double> Of(string instrument, params ReadOnlySpan<string> tags)
    {
        var wanted = tags.ToArray();
        return [.. _readings.Where(reading => reading.Instrument == instrument && wanted.All(reading.Tags.Contains)).Select(reading => reading.Value)];
    }

    /// <summary>What an instrument shows that is asked: its value now.</summary>
    public double Now(string instrument, params ReadOnlySpan<string> tags)
    {
        _listener.RecordObservableInstruments();
        return Of(instrument, tags)[^1];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tag) in tags)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={tag}"));
        }

        _readings.Enqueue(new Reading(instrument.Name, value, words));
    }

    private sealed record Reading(string Instrument, double Value, HashSet<string> Tags);
}
