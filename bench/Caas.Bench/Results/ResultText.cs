using System.Globalization;

namespace Caas.Bench.Results;

/// <summary>Measurements as people read them.</summary>
internal static class ResultText
{
    /// <summary>One line.</summary>
    public static string Line(Measurement one) => $"{one.Name}: " + string.Join(", ", Parts(one));

    /// <summary>A number with three significant digits, and with all of them before the point.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        _ when value == Math.Floor(value) => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<string> Parts(Measurement one)
    {
        (double? Value, string Form)[] parts =
        [
            (one.Operations, "{0} operations"), (one.PerSecond, "{0}/s"), (one.P50Ms, "p50 {0} ms"), (one.P99Ms, "p99 {0} ms"),
            (one.P999Ms, "p99.9 {0} ms"), (one.CpuMicroseconds, "server CPU {0} us each"), (one.ResidentMiB, "resident {0} MiB"),
            (one.PrivateMiB, "private {0} MiB"),
        ];
        return parts
            .Where(part => part.Value is not null)
            .Select(part => string.Format(CultureInfo.InvariantCulture, part.Form, Number(part.Value!.Value)))
            .Concat(one.More.Select(more => $"{more.Key} {Number(more.Value)}"));
    }
}
