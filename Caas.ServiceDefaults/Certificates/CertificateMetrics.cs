using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Caas.ServiceDefaults.Certificates;

/// <summary>What the operator sees of the certificates that are watched: the meter <c>Caas.Certificates</c>. Thread-safe.</summary>
internal sealed class CertificateMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Caas.Certificates";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly Counter<long> _failures;

    public CertificateMetrics(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "caas.certificate.remaining", Observe, "s", "How long the certificate that a server showed last is still good; below 0 when it has ended.");
        _failures = meter.CreateCounter<long>("caas.certificate.failures", "{look}", "Looks at which a server showed no certificate.");
    }

    /// <summary>A server showed a certificate.</summary>
    public void Seen(string server, DateTimeOffset end) => _ends[server] = end;

    /// <summary>A server showed none.</summary>
    public void Failed(string server) => _failures.Add(1, Tag(server));

    private IEnumerable<Measurement<double>> Observe() => _ends.Select(server =>
        new Measurement<double>((server.Value - _clock.GetUtcNow()).TotalSeconds, Tag(server.Key)));

    private static KeyValuePair<string, object?> Tag(string server) => new("server", server);
}
