using System.Globalization;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Backup;

/// <summary>
/// Puts a backup into a data folder that no server uses. All of it is copied beside and checked before anything is moved
/// into place; while it is moved, the folder is marked, and no server starts on it.
/// </summary>
/// <param name="clock">Names what is put aside.</param>
public sealed class RestoreBackup(TimeProvider clock)
{
    // Where the files are until they are in place; one that is found is from a restore that did not end.
    private const string Side = "restore.files";
    private const string Aside = "replaced-";

    /// <summary>
    /// Restores into a folder that is new or empty; with <paramref name="force"/> what is in it is put aside, into a
    /// folder <c>replaced-...</c> in it. <see cref="BackupException"/> or <see cref="DataFolderException"/> where it
    /// cannot; then what was in the folder is still in place.
    /// </summary>
    public async Task<BackupManifest> RunAsync(string backup, string dataFolder, bool force, CancellationToken cancellationToken)
    {
        var from = Path.GetFullPath(backup);
        var manifest = await VerifyBackup.ReadManifestAsync(from, cancellationToken);
        using var folder = new DataFolder(dataFolder, clock);
        if (FolderPath.IsWithin(from, folder.Root))
        {
            throw new BackupException($"The backup must not lie in the data folder '{folder.Root}'.");
        }

        await folder.HoldAsync(cancellationToken);
        try
        {
            await RestoreAsync(from, manifest, folder, force, cancellationToken);
            return manifest;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup was not restored: {failure.Message}", failure);
        }
        catch (OperationCanceledException stopped)
        {
            throw new BackupException("The backup was not restored: it was stopped.", stopped);
        }
    }

    private async Task RestoreAsync(
        string from, BackupManifest manifest, DataFolder folder, bool force, CancellationToken cancellationToken)
    {
        var side = Path.Combine(folder.Root, Side);
        if (Directory.Exists(side))
        {
            Directory.Delete(side, recursive: true);
        }

        if (!force && !IsEmpty(folder))
        {
            throw new BackupException($"The folder '{folder.Root}' is not empty. With --force what is in it is put aside.");
        }

        try
        {
            await CopyAsync(from, side, manifest, cancellationToken);
        }
        catch
        {
            Directory.Delete(side, recursive: true);
            throw;
        }

        // From here on it is not stopped: the mark stays until all is in place.
        if (!File.Exists(folder.RestoreMark))
        {
            await DurableFile.WriteAsync(folder.RestoreMark, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        }

        PutAside(folder);
        Place(folder, side, manifest);
    }

    private static async Task CopyAsync(string from, string side, BackupManifest manifest, CancellationToken cancellationToken)
    {
        FolderPath.MakeForOwner(side);
        FolderPath.MakeForOwner(Path.Combine(side, "clients"));
        foreach (var file in manifest.Files)
        {
            var copy = Path.Combine(side, file.Path);
            var hash = await DurableFile.CopyAsync(Path.Combine(from, file.Path), copy, cancellationToken);
            VerifyBackup.Compare(file, copy, hash);
            VerifyBackup.CheckSound(file, copy);
        }

        DurableFile.FlushFolder(Path.Combine(side, "clients"));
        DurableFile.FlushFolder(side);
    }

    // A write-ahead log that is left beside another file than its own would be read into it.
    private void PutAside(DataFolder folder)
    {
        var old = Directory.EnumerateFileSystemEntries(folder.Root)
            .Where(entry => IsData(entry) && entry != folder.RestoreMark)
            .ToArray();
        if (old.Length == 0)
        {
            return;
        }

        var stamp = clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var aside = Path.Combine(folder.Root, Aside + stamp);
        FolderPath.MakeForOwner(aside);
        foreach (var entry in old)
        {
            Directory.Move(entry, Path.Combine(aside, Path.GetFileName(entry)));
        }

        DurableFile.FlushFolder(aside);
        DurableFile.FlushFolder(folder.Root);
    }

    private static void Place(DataFolder folder, string side, BackupManifest manifest)
    {
        FolderPath.MakeForOwner(Path.Combine(folder.Root, "clients"));
        foreach (var file in manifest.Files)
        {
            File.Move(Path.Combine(side, file.Path), Path.Combine(folder.Root, file.Path));
        }

        DurableFile.FlushFolder(Path.Combine(folder.Root, "clients"));
        DurableFile.FlushFolder(folder.Root);
        Directory.Delete(side, recursive: true);
        File.Delete(folder.RestoreMark);
        DurableFile.FlushFolder(folder.Root);
    }

    private static bool IsEmpty(DataFolder folder) => !Directory.EnumerateFileSystemEntries(folder.Root).Any(IsData);

    // Whoever holds the folder makes its empty parts.
    private static bool IsData(string entry) =>
        Path.GetFileName(entry) is var name
        && name is not (DataFolder.LockFile or Side)
        && !name.StartsWith(Aside, StringComparison.Ordinal)
        && !(name == "clients" && !Directory.EnumerateFileSystemEntries(entry).Any());
}
