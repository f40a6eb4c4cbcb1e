using System.Xml.Linq;

namespace Caas.Tests.Architecture;

/// <summary>Which project may reference which: the dependency rules, as data.</summary>
internal static class ProjectRules
{
    private static readonly string[] Services = ["Caas.Gateway", "Caas.Messaging", "Caas.Consumers"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Caas.Domain"] = [],
        ["Caas.SocketIO"] = [],
        ["Caas.ServiceDefaults"] = [],
        ["Caas.Engines"] = ["Caas.Domain"],
        ["Caas.Http"] = ["Caas.Domain"],
        ["Caas.Gateway"] = ["Caas.Domain", "Caas.Engines", "Caas.Http", "Caas.ServiceDefaults"],
        ["Caas.Messaging"] = ["Caas.Domain", "Caas.Engines", "Caas.Http", "Caas.ServiceDefaults", "Caas.SocketIO"],
        ["Caas.Consumers"] = ["Caas.Domain", "Caas.Engines", "Caas.Http", "Caas.ServiceDefaults"],
        ["Caas.Standalone"] = ["Caas.Domain", "Caas.Engines", "Caas.Http", "Caas.ServiceDefaults", .. Services],
        ["Caas.AppHost"] = ["Caas.Standalone", .. Services],
        ["fuzz/Caas.Fuzz"] = ["Caas.Domain", "Caas.Engines", "Caas.Http", "Caas.SocketIO"],
    };

    /// <summary>What a project file breaks, as sentences; empty where it breaks nothing.</summary>
    public static IReadOnlyList<string> Violations(string project, XDocument csproj)
    {
        var referenced = csproj.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")?.Value ?? string.Empty));
        var allowed = Allowed[project];
        var violations = referenced
            .Where(name => !allowed.Contains(name, StringComparer.Ordinal))
            .Select(name => $"{project} references {name}.")
            .ToList();
        if (project == "Caas.Domain")
        {
            violations.AddRange(csproj.Descendants("PackageReference")
                .Select(package => package.Attribute("Include")?.Value)
                .Where(name => name != "Microsoft.Extensions.Logging.Abstractions")
                .Select(name => $"{project} references the package {name}."));
        }

        return violations;
    }

    /// <summary>Every project that has a rule, by its folder.</summary>
    public static IEnumerable<string> Projects => Allowed.Keys;
}
