using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caas.Standalone.Smoke;

/// <summary>What a run found.</summary>
/// <param name="Url">The deployment.</param>
/// <param name="Passed">Whether nothing failed, and nothing was left out because of a failure.</param>
/// <param name="Steps">Every step, in order.</param>
internal sealed record SmokeReport(Uri Url, bool Passed, IReadOnlyList<SmokeOutcome> Steps)
{
    /// <summary>The report of these outcomes.</summary>
    public static SmokeReport Of(Uri url, IReadOnlyList<SmokeOutcome> steps) => new(
        url, steps.All(static step => step.Result is SmokeResult.Passed or SmokeResult.Skipped), steps);

    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SmokeReportJson.Default.SmokeReport);

    /// <summary>As a table, a line for each step.</summary>
    public IEnumerable<string> ToLines()
    {
        var width = Steps.Max(static step => step.Name.Length);
        var flow = string.Empty;
        foreach (var step in Steps)
        {
            if (step.Flow != flow)
            {
                flow = step.Flow;
                yield return flow;
            }

            yield return $"  {Word(step.Result),-7}  {step.Name.PadRight(width)}  {Time(step),9}  {Told(step)}";
        }

        yield return string.Join(
            ", ",
            Steps.GroupBy(static step => step.Result)
                .OrderBy(static group => group.Key)
                .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {Word(group.Key)}")));
    }

    private static string Word(SmokeResult result) => result switch
    {
        SmokeResult.Passed => "passed",
        SmokeResult.Failed => "FAILED",
        SmokeResult.NotRun => "not run",
        SmokeResult.Skipped => "skipped",
    };

    private static string Time(SmokeOutcome step) => step.Result is SmokeResult.Passed or SmokeResult.Failed
        ? string.Create(CultureInfo.InvariantCulture, $"{step.Milliseconds:N0} ms")
        : string.Empty;

    private static string Told(SmokeOutcome step) =>
        step.Expected is { } expected ? $"expected {expected}; came {step.Found}" : step.Found;
}

/// <summary>The JSON of the report.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SmokeReport))]
internal sealed partial class SmokeReportJson : JsonSerializerContext;
