using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <inheritdoc/>
/// <remarks>The data folder's disk, and the event stream's file with its write-ahead log.</remarks>
internal sealed class LocalStorageStatus(string folder) : IStorageStatus
{
    private static readonly string[] LogFiles = ["caas_events.db", "caas_events.db-wal"];

    /// <inheritdoc/>
    public ValueTask<StorageSpace> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Path.GetFullPath(folder);
        var log = LogFiles.Select(name => new FileInfo(Path.Combine(path, name))).Where(static file => file.Exists);
        return ValueTask.FromResult(new StorageSpace(new DriveInfo(path).AvailableFreeSpace, log.Sum(static file => file.Length)));
    }
}
