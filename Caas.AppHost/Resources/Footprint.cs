using System.Globalization;

namespace Caas.AppHost.Resources;

/// <summary>
/// What a container may take. Memory is a bound: what runs in it, the collector of .NET and MongoDB's cache above all, sizes
/// itself by the machine's memory where there is none, as if it were alone there. Cores are a claim and no bound: one that
/// idles is anybody's.
/// </summary>
/// <param name="Name">
/// By which an operator changes it: <c>resources.NAME</c> among a chart's values, <c>NAME_MEMORY</c> for a compose file.
/// </param>
/// <param name="MemoryMiB">Its memory.</param>
/// <param name="MilliCores">What it claims, in thousandths of a core.</param>
internal sealed record Footprint(string Name, int MemoryMiB, int MilliCores)
{
    /// <summary>The memory in a compose file, which takes the default where the variable is not set.</summary>
    public string ComposeMemory => $"${{{Key.ToUpperInvariant()}_MEMORY:-{Text(MemoryMiB)}m}}";

    /// <summary>The memory in a chart.</summary>
    public string ChartMemory => Value("memory", $"{Text(MemoryMiB)}Mi");

    /// <summary>The cores in a chart.</summary>
    public string ChartCores => Value("cpu", $"{Text(MilliCores)}m");

    private string Key => Name.Replace('-', '_');

    // The parentheses let a part that the values do not have be nothing, in place of an error. Quotes would be escaped.
    private string Value(string what, string otherwise) =>
        $"{{{{ ((.Values.resources).{Key}).{what} | default `{otherwise}` }}}}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
