using System.Runtime.CompilerServices;
using Caas.Engines.Backup;
using Caas.Engines.Doctor;
using Caas.Engines.Sqlite.Storage;
using Microsoft.Extensions.Options;

namespace Caas.Engines.Sqlite.Doctor;

/// <inheritdoc/>
/// <remarks>
/// The folder that every embedded engine keeps its files in, and the disk below it. Writes one small file of its own, which
/// it removes: only a write says whether one can be kept.
/// </remarks>
internal sealed class DataFolderExamination(IOptions<DataOptions> options, TimeProvider clock) : IExamination
{
    private const string Key = $"{DataOptions.Section}:{nameof(DataOptions.Path)}";

    /// <inheritdoc/>
    public string Of => "data folder";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new DataFolder(options.Value.Path, clock);
        yield return Library();
        if (!Directory.Exists(folder.Root))
        {
            yield return Finding.Ok("folder", $"{folder.Root}: not there yet, the first start makes it");
            yield break;
        }

        yield return Finding.Of(
            !File.Exists(folder.RestoreMark), "folder", folder.Root, Severity.Error, "no restore that did not end",
            "Repeat caas restore with --force: what is there is not whole, and the server does not start on it.");
        yield return Mode(folder.Root);
        yield return DataDisk.FileSystem(folder.Root);
        yield return DataDisk.Space(folder.Root);
        yield return await Task.Run(() => DurableWriteProbe.Run(folder.Root, clock, cancellationToken), cancellationToken).ConfigureAwait(false);
        yield return Clock(folder.Root);
        yield return await BackupAge.FindAsync(examination.Backup, clock, cancellationToken).ConfigureAwait(false);
    }

    private static Finding Library() => Finding.Of(
        Connection.LibraryVersion() >= Connection.OldestLibrary,
        "SQLite",
        Connection.LibraryVersion().ToString(),
        Severity.Error,
        $"{Connection.OldestLibrary} or newer",
        "Use the library that comes with the product: an older one may damage a file that two connections write to.");

    private static Finding Mode(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            return Finding.Ok("folder, mode", "as Windows has it");
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var mode = File.GetUnixFileMode(root);
        return Finding.Of(
            (mode & Others) == UnixFileMode.None,
            "folder, mode",
            Convert.ToString((int)mode, 8),
            Severity.Warning,
            "700",
            $"chmod 700 {root}: the signing keys and everything that was said are in it.");
    }

    // A clock that stands before what was written by it would give out times that are past.
    private Finding Clock(string root)
    {
        var newest = Directory.EnumerateFiles(root, "*.db*", SearchOption.AllDirectories).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();
        var ahead = newest - clock.GetUtcNow().UtcDateTime;
        return Finding.Of(
            ahead < TimeSpan.FromSeconds(5),
            "clock",
            ahead < TimeSpan.FromSeconds(5) ? "after the last write" : $"{ahead:c} before the last write",
            Severity.Error,
            "after the last write",
            $"Set the machine's clock, then start. The newest file below {Key} is of {newest:u}.");
    }
}
