using System.Text.Json;
using System.Text.RegularExpressions;

namespace Caas.Engines.Avro;

/// <summary>Names and namespaces (specification 1.12, "Names").</summary>
internal static partial class AvroNames
{
    private static readonly HashSet<string> PrimitiveNames =
        new(["null", "boolean", "int", "long", "float", "double", "bytes", "string"], StringComparer.Ordinal);

    /// <summary>Whether this is the name of a primitive type.</summary>
    public static bool IsPrimitive(string name) => PrimitiveNames.Contains(name);

    /// <summary>The full name of a reference or an alias.</summary>
    public static string Qualify(string name, string? enclosing) =>
        name.Contains('.', StringComparison.Ordinal) || string.IsNullOrEmpty(enclosing) ? name : $"{enclosing}.{name}";

    /// <summary>The full name of a definition, from its <c>name</c> and <c>namespace</c>.</summary>
    public static string Define(JsonElement definition, string? enclosing)
    {
        var name = Text(definition, "name") ?? throw new InvalidDataException("A named type has no name.");
        var space = Text(definition, "namespace") ?? enclosing;
        var fullName = Qualify(name, space);
        return FullNames.IsMatch(fullName) && !IsPrimitive(fullName)
            ? fullName
            : throw new InvalidDataException($"'{fullName}' is not a name.");
    }

    /// <summary>The namespace of a full name; null where it has none.</summary>
    public static string? Namespace(string fullName) =>
        fullName.LastIndexOf('.') is > 0 and var dot ? fullName[..dot] : null;

    /// <summary>Whether a field or a symbol may be called so.</summary>
    public static bool IsSimple(string name) => SimpleNames.IsMatch(name);

    /// <summary>A member that is a string; null where it is absent.</summary>
    public static string? Text(JsonElement definition, string member) =>
        !definition.TryGetProperty(member, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new InvalidDataException($"'{member}' is not a string.");

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FullNames { get; }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SimpleNames { get; }
}
