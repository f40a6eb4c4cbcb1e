using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Engines.Doctor;

namespace Caas.Standalone.Doctor;

/// <summary>What was found out.</summary>
/// <param name="Passed">Whether nothing is an error.</param>
/// <param name="Chapters">Each thing that was examined.</param>
internal sealed record DoctorReport(bool Passed, IReadOnlyList<DoctorChapter> Chapters)
{
    public static DoctorReport Of(IReadOnlyList<DoctorChapter> chapters) => new(
        chapters.All(static chapter => chapter.Findings.All(static finding => finding.Severity is not Severity.Error)), chapters);

    /// <summary>As one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DoctorReportJson.Default.DoctorReport);

    /// <summary>As a table: a line for each finding, and two more for one that is to be put right.</summary>
    public IEnumerable<string> ToLines()
    {
        var findings = Chapters.SelectMany(static chapter => chapter.Findings).ToList();
        foreach (var chapter in Chapters.Where(static chapter => chapter.Findings.Count > 0))
        {
            yield return chapter.Of;
            foreach (var finding in chapter.Findings)
            {
                yield return $"  {Word(finding.Severity),-7}  {finding.Subject}: {finding.Found}";
                if (finding.Wanted is not null)
                {
                    yield return $"           wanted: {finding.Wanted}";
                }

                if (finding.Cure is not null)
                {
                    yield return $"           cure: {finding.Cure}";
                }
            }
        }

        var (errors, warnings) = (Count(Severity.Error), Count(Severity.Warning));
        yield return string.Create(CultureInfo.InvariantCulture, $"{errors} errors, {warnings} warnings, {findings.Count} findings");

        int Count(Severity severity) => findings.Count(one => one.Severity == severity);
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Warning => "warning",
        Severity.Error => "ERROR",
    };
}

/// <summary>One thing that was examined.</summary>
/// <param name="Of">Its name.</param>
/// <param name="Findings">What was found, in order.</param>
internal sealed record DoctorChapter(string Of, IReadOnlyList<Finding> Findings)
{
    /// <summary>That the options are wrong, with which the product does not start.</summary>
    public static DoctorChapter OfFault(string fault)
    {
        const string Cure = "Correct the key; docs/configuration.md has every one.";
        return new DoctorChapter("configuration", [Finding.Error("options", fault, "options that can be used", Cure)]);
    }
}

/// <summary>The JSON of the report.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorReportJson : JsonSerializerContext;
