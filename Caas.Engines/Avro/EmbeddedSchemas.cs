using System.Reflection;

namespace Caas.Engines.Avro;

/// <summary>The schemas of <c>schemas/events</c>, which are part of this assembly.</summary>
internal static class EmbeddedSchemas
{
    /// <summary>The schema of a record, as it is in the repository.</summary>
    public static string Read(string record)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var name = assembly.GetManifestResourceNames()
            .Single(resource => resource.EndsWith($".{record}.avsc", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
