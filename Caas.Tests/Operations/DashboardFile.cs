using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Operations;

/// <summary>One of <c>docs/operations/*.json</c>, as Grafana imports it.</summary>
internal sealed class DashboardFile(string name)
{
    public static IReadOnlyList<DashboardFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Folder("docs", "operations"), "*.json")
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal)
            .Select(file => new DashboardFile(file)),
    ];

    public string Name => name;

    public JsonElement Json { get; } = JsonElement.Parse(Repository.Read($"docs/operations/{name}"));

    /// <summary>Its panels, rows left out.</summary>
    public IEnumerable<JsonElement> Panels =>
        Json.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row");

    /// <summary>Every expression of its panels and variables.</summary>
    public IEnumerable<string> Expressions => Panels
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!);
}
