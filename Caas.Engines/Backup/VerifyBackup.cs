using System.Text.Json;

namespace Caas.Engines.Backup;

/// <summary>Says whether a backup is whole: every file there with its length and hash, and each a sound SQLite file.</summary>
public static class VerifyBackup
{
    private const int MaxManifestBytes = 64 * 1024 * 1024;

    /// <summary>Checks all of it; <see cref="BackupException"/> names the first fault.</summary>
    public static async Task<BackupManifest> RunAsync(string backup, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(backup);
        var manifest = await ReadManifestAsync(root, cancellationToken);
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(root, file.Path);
            Compare(file, path, await HashAsync(file, path, cancellationToken));
            CheckSound(file, path);
        }

        return manifest;
    }

    /// <summary>Reads the manifest; nothing in it leads out of the backup's folder.</summary>
    internal static async Task<BackupManifest> ReadManifestAsync(string root, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, BackupManifest.FileName);
        if (!File.Exists(path))
        {
            throw new BackupException($"'{root}' is no backup: it has no {BackupManifest.FileName}.");
        }

        try
        {
            if (new FileInfo(path).Length > MaxManifestBytes)
            {
                throw new JsonException("it is too long.");
            }

            var manifest = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(path, cancellationToken), BackupJson.Default.BackupManifest)
                ?? throw new JsonException("it is empty.");
            CheckManifest(root, manifest);
            return manifest;
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The manifest of '{root}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Compares a file with what the manifest says of it.</summary>
    internal static void Compare(BackupFile file, string path, string sha256)
    {
        if (new FileInfo(path).Length != file.Bytes || sha256 != file.Sha256)
        {
            throw new BackupException($"{file.Path} is not what was backed up: its bytes differ.");
        }
    }

    /// <summary>Asks SQLite.</summary>
    internal static void CheckSound(BackupFile file, string path)
    {
        if (FileSnapshot.Check(path) is not "ok" and var fault)
        {
            throw new BackupException($"{file.Path} is damaged: {fault}");
        }
    }

    private static async Task<string> HashAsync(BackupFile file, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await DurableFile.HashAsync(path, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file.Path} cannot be read: {failure.Message}", failure);
        }
    }

    private static void CheckManifest(string root, BackupManifest manifest)
    {
        if (manifest.Format != BackupManifest.CurrentFormat)
        {
            throw new BackupException($"'{root}' has the format {manifest.Format}, which this version does not know.");
        }

        var paths = manifest.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (paths.Count != manifest.Files.Count || !paths.Contains(DataFiles.Platform) || !paths.All(DataFiles.IsKnown))
        {
            throw new BackupException($"The manifest of '{root}' does not list the files of a deployment.");
        }

        // A journal beside a copy, for example, would change what SQLite reads.
        var strange = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .FirstOrDefault(path => path != BackupManifest.FileName && !paths.Contains(path));
        if (strange is not null)
        {
            throw new BackupException($"'{root}' holds {strange}, which its manifest does not name.");
        }
    }
}
