namespace Caas.Tests.Support;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", "data"];

    /// <summary>Its root: the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder, by its parts from the root.</summary>
    public static string Folder(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Every Markdown file that was written by people, by its path from the root.</summary>
    public static IReadOnlyList<string> MarkdownFiles() =>
        [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => Path.GetFileName(inner) is var name && !name.StartsWith('.') && !NotOurs.Contains(name, StringComparer.Ordinal))
            .SelectMany(Walk));

    // From where the tests run, never from where they were compiled: a deterministic build does not say the latter.
    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Caas.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests were moved away from their repository.");
    }
}
