using System.Text.RegularExpressions;
using Caas.Tests.Support;

namespace Caas.Tests.Operations;

/// <summary>The rules of <c>docs/operations/alerts.yaml</c>, each key of a rule on a line of its own.</summary>
internal sealed partial class AlertFile
{
    private AlertFile(IReadOnlyList<Alert> alerts) => Alerts = alerts;

    public IReadOnlyList<Alert> Alerts { get; }

    public static AlertFile Read() => Parse(Repository.Read("docs/operations/alerts.yaml"));

    public static AlertFile Parse(string yaml) => new(
    [
        .. yaml.Split("- alert: ")[1..].Select(rule => new Alert(
            rule.Split('\n', 2)[0].Trim(), Value(rule, "expr"), Value(rule, "severity"), Value(rule, "summary"), Value(rule, "runbook"))),
    ]);

    private static string Value(string rule, string key) => Line().Matches(rule)
        .Where(line => line.Groups["key"].Value == key)
        .Select(line => line.Groups["value"].Value.Trim())
        .FirstOrDefault(string.Empty);

    [GeneratedRegex("^ +(?<key>[a-z]+): (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}

/// <summary>One rule.</summary>
internal sealed record Alert(string Name, string Expression, string Severity, string Summary, string Runbook);
