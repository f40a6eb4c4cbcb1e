using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Caas.Http.Description;

/// <summary>Reads the comments that the compiler writes beside each assembly. What is not there has no description.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _assemblies = new();

    /// <summary>The comment of a method; overloads are not told apart, for handlers have none.</summary>
    public HandlerComment OfMethod(MethodInfo method)
    {
        var prefix = $"M:{method.DeclaringType!.FullName}.{method.Name}";
        var comment = Load(method.DeclaringType.Assembly)
            .FirstOrDefault(pair => pair.Key == prefix || pair.Key.StartsWith(prefix + "(", StringComparison.Ordinal))
            .Value;
        return new HandlerComment(
            Text(comment?.Element("summary")), Text(comment?.Element("remarks")), comment?.Element("example")?.Value.Trim());
    }

    /// <summary>What the comment of a record says of a member; null where it is no record of ours or has no such one.</summary>
    public string? OfParameter(Type type, string name)
    {
        if (type.Namespace?.StartsWith("Caas.", StringComparison.Ordinal) != true)
        {
            return null;
        }

        return Text(Load(type.Assembly).GetValueOrDefault($"T:{type.FullName}")?
            .Elements("param")
            .FirstOrDefault(param => string.Equals(param.Attribute("name")?.Value, name, StringComparison.OrdinalIgnoreCase)));
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")?.Value.Split('.')[^1]}`",
            _ => node.ToString(),
        }));
        return WhiteSpace().Replace(text, " ").Trim();
    }

    private Dictionary<string, XElement> Load(Assembly assembly) => _assemblies.GetOrAdd(assembly, static loaded =>
    {
        var path = Path.Combine(AppContext.BaseDirectory, loaded.GetName().Name + ".xml");
        return File.Exists(path)
            ? XDocument.Load(path).Descendants("member").ToDictionary(
                member => member.Attribute("name")?.Value ?? string.Empty, StringComparer.Ordinal)
            : new Dictionary<string, XElement>(StringComparer.Ordinal);
    });

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}

/// <summary>What a handler's comment says.</summary>
/// <param name="Summary">In a few words.</param>
/// <param name="Remarks">More.</param>
/// <param name="Example">A body, as JSON.</param>
internal sealed record HandlerComment(string? Summary, string? Remarks, string? Example);
