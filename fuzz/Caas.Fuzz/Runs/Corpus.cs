namespace Caas.Fuzz.Runs;

/// <summary>The kept inputs: one file each, in a folder of the target's name.</summary>
internal static class Corpus
{
    /// <summary>The folder of a target in the repository that this was built in.</summary>
    public static string FolderOf(string target) => Path.Combine(Root(), "fuzz", "corpus", target);

    /// <summary>The inputs of a folder in the order of their names, so that a seed means the same everywhere.</summary>
    public static IReadOnlyList<byte[]> Read(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Caas.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tool was moved away from its repository: name a folder with --corpus.");
    }
}
