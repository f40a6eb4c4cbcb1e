using System.Diagnostics.Metrics;

namespace Caas.Http;

/// <summary>What the operator sees of everything that takes requests or socket commands: the meter <c>Caas.Http</c>. Thread-safe.</summary>
public sealed class HttpMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Http";

    private readonly Meter _meter;
    private readonly Counter<long> _refusals;

    /// <summary>The instruments of one process.</summary>
    public HttpMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _refusals = _meter.CreateCounter<long>("caas.refusals", "{refusal}", "What was refused, by code of the catalogue and by the way it came.");
    }

    /// <summary>Something was refused.</summary>
    /// <param name="code">A code of the error catalogue.</param>
    /// <param name="way">The way it came.</param>
    public void Refused(string code, RefusalWay way) => _refusals.Add(
        1,
        new KeyValuePair<string, object?>("code", code),
        new KeyValuePair<string, object?>("way", Word(way)));

    /// <summary>Shows how long ago the revocation log was read; asked when somebody looks.</summary>
    internal void ObserveRevocations(Func<TimeSpan> age) => _meter.CreateObservableGauge(
        "caas.revocations.age", () => age().TotalSeconds, "s", "How long ago this process read the revocation log.");

    private static string Word(RefusalWay way) => way switch
    {
        RefusalWay.Http => "http",
        RefusalWay.Command => "command",
        RefusalWay.Handshake => "handshake",
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, message: null),
    };
}

/// <summary>The way something came that was refused.</summary>
public enum RefusalWay
{
    /// <summary>A request.</summary>
    Http,

    /// <summary>A command over a socket.</summary>
    Command,

    /// <summary>A socket that wanted to connect.</summary>
    Handshake,
}
