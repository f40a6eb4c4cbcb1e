using System.Text.Json;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Backup;

/// <summary>
/// Copies a data folder while a server uses it, or while none does. It takes no lock that a server takes, and reads only.
/// </summary>
/// <remarks>
/// Each file is a snapshot of its own moment, and the order of the moments is what makes them one backup:
/// <list type="number">
/// <item>the relay's positions of all files: what is below them is in the event log;</item>
/// <item>the event log. It holds no event of a change that the copies lack, because they are copied later; and it holds
/// every event below those positions. What consumers have done is not behind what it says of them, because effects are
/// stored before offsets, and copied after them;</item>
/// <item>the clients' files, the platform's last of them: a revocation, or the end of a client, is never older than what
/// it ends. Then the files of clients that came meanwhile; those of clients that were erased meanwhile are dropped.</item>
/// </list>
/// The copies then get the positions of the first step. After a restore the relay and the consumers repeat what came
/// between the steps, and skip nothing.
/// </remarks>
/// <param name="product">The product's version.</param>
/// <param name="clock">Says when it began.</param>
public sealed class TakeBackup(string product, TimeProvider clock)
{
    /// <summary>
    /// Makes the backup in a folder that is new or empty. <see cref="BackupException"/> where it cannot; then what it
    /// made of it is removed.
    /// </summary>
    public async Task<BackupManifest> RunAsync(string dataFolder, string target, CancellationToken cancellationToken)
    {
        var source = Path.GetFullPath(dataFolder);
        var into = Path.GetFullPath(target);
        Prepare(source, into);
        try
        {
            return await CopyAsync(source, into, cancellationToken);
        }
        catch (Exception failure)
        {
            RemoveContents(into);
            throw failure is SqliteFailure or IOException or UnauthorizedAccessException
                ? new BackupException($"The backup of '{source}' was not made: {failure.Message}", failure)
                : failure is OperationCanceledException
                    ? new BackupException("The backup was not made: it was stopped.", failure)
                    : failure;
        }
    }

    private static void Prepare(string source, string into)
    {
        if (!File.Exists(Path.Combine(source, DataFiles.Platform)))
        {
            throw new BackupException($"{DataOptions.Section}:{nameof(DataOptions.Path)}: '{source}' is no data folder: it has no {DataFiles.Platform}.");
        }

        if (FolderPath.IsWithin(into, source))
        {
            throw new BackupException($"The backup must not lie in the data folder '{source}'.");
        }

        if (File.Exists(into) || (Directory.Exists(into) && Directory.EnumerateFileSystemEntries(into).Any()))
        {
            throw new BackupException($"'{into}' is not a new or empty folder.");
        }

        try
        {
            FolderPath.MakeForOwner(into);
            FolderPath.MakeForOwner(Path.Combine(into, "clients"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"'{into}' cannot be made: {failure.Message}", failure);
        }
    }

    private async Task<BackupManifest> CopyAsync(string source, string into, CancellationToken cancellationToken)
    {
        var beganAt = clock.GetUtcNow();
        var positions = ReadPositions(source, cancellationToken);
        var copied = new List<string>();
        Copy(source, into, DataFiles.Events, copied, cancellationToken);
        foreach (var path in positions.Keys.Order(StringComparer.Ordinal))
        {
            if (path != DataFiles.Platform)
            {
                Copy(source, into, path, copied, cancellationToken);
            }
        }

        Copy(source, into, DataFiles.Platform, copied, cancellationToken);
        foreach (var path in DataFiles.ListClients(source).Where(path => !positions.ContainsKey(path)).ToArray())
        {
            Copy(source, into, path, copied, cancellationToken);
        }

        Copy(source, into, DataFiles.Schemas, copied, cancellationToken);
        CopiedFiles.DropErased(into, copied);
        CopiedFiles.TakeRelaysBack(into, copied, positions);
        return await SealAsync(into, beganAt, copied, cancellationToken);
    }

    private static Dictionary<string, long> ReadPositions(string source, CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var path in DataFiles.ListClients(source).Append(DataFiles.Platform))
        {
            cancellationToken.ThrowIfCancellationRequested();
            positions.Add(path, FileSnapshot.ReadRelayPosition(Path.Combine(source, path)));
        }

        return positions;
    }

    private static void Copy(string source, string into, string path, List<string> copied, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (FileSnapshot.TryCopy(Path.Combine(source, path), Path.Combine(into, path), cancellationToken))
        {
            copied.Add(path);
        }
    }

    private async Task<BackupManifest> SealAsync(
        string into, DateTimeOffset beganAt, List<string> copied, CancellationToken cancellationToken)
    {
        var files = new List<BackupFile>(copied.Count);
        foreach (var path in copied)
        {
            files.Add(await DurableFile.DescribeAsync(into, path, cancellationToken));
        }

        DurableFile.FlushFolder(Path.Combine(into, "clients"));
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, product, beganAt, files);
        await DurableFile.WriteAsync(
            Path.Combine(into, BackupManifest.FileName),
            JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest),
            cancellationToken);
        return manifest;
    }

    // It was new or empty, so all that is in it is from here.
    private static void RemoveContents(string into)
    {
        foreach (var entry in new DirectoryInfo(into).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
