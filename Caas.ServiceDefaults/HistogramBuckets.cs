using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Caas.ServiceDefaults;

/// <summary>
/// The buckets of the product's own histograms. Those that the library has by default begin with 5, which is meant for
/// milliseconds: a histogram in seconds would put all of it into one.
/// </summary>
internal static class HistogramBuckets
{
    // A flush takes tenths of a millisecond; a time-out ends at 30 seconds.
    private static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly double[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    /// <summary>The buckets of an instrument of these meters; null for any other instrument.</summary>
    public static MetricStreamConfiguration? Of(Instrument instrument, string meterPrefix)
    {
        var isHistogram = instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);
        return isHistogram && instrument.Meter.Name.StartsWith(meterPrefix, StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = instrument.Unit == "s" ? Seconds : Counts }
            : null;
    }
}
