using System.Runtime.CompilerServices;

namespace Caas.Tests.Docs;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", "data"];

    /// <summary>Its root: the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Every Markdown file that was written by people, by its path from the root.</summary>
    public static IReadOnlyList<string> MarkdownFiles() =>
        [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => Path.GetFileName(inner) is var name && !name.StartsWith('.') && !NotOurs.Contains(name, StringComparer.Ordinal))
            .SelectMany(Walk));

    // The path of this file at compile time where it still holds; else upwards from the executable.
    private static string FindRoot([CallerFilePath] string path = "")
    {
        foreach (var start in new[] { path, AppContext.BaseDirectory })
        {
            for (var folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Caas.sln")))
                {
                    return folder;
                }
            }
        }

        throw new InvalidOperationException("The tests were moved away from their repository.");
    }
}
