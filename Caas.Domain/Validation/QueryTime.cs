using System.Globalization;

namespace Caas.Domain.Validation;

/// <summary>Times in queries.</summary>
public static class QueryTime
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>An RFC 3339 time with its offset, or nothing, or a noted error.</summary>
    public static DateTimeOffset? Read(Checks checks, string name, string? value)
    {
        if (value is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(
            value, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        checks.Add(name, "must be an RFC 3339 time, such as 2026-11-24T15:04:05Z.");
        return null;
    }
}
