namespace Caas.Engines.Sqlite.Storage;

/// <summary>Where the embedded engines keep everything.</summary>
public sealed class DataOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Data";

    /// <summary>The folder; made when it is missing, locked while a process uses it.</summary>
    public string Path { get; set; } = "./data";

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return $"{Section}:{nameof(Path)}: must name a folder.";
        }
    }
}
