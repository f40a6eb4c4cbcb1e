using System.Globalization;
using Caas.Engines.Doctor;

namespace Caas.Engines.Sqlite.Doctor;

/// <summary>What is below the data folder.</summary>
internal static class DataDisk
{
    private const long Little = 1024L * 1024 * 1024;
    private const long TooLittle = 256L * 1024 * 1024;

    // What is gone with the machine, or with its container.
    private static readonly string[] Passing = ["tmpfs", "ramfs", "overlay", "overlayfs"];

    private static readonly string[] Network = ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "fuse", "9p", "v9fs", "ceph", "glusterfs", "afs"];

    public static Finding FileSystem(string root) => OfKind(new DriveInfo(root).DriveFormat);

    /// <summary>The finding of a kind, as the system names it.</summary>
    internal static Finding OfKind(string kind)
    {
        const string Subject = "file system";
        const string Wanted = "one of a disk of this machine";
        return Passing.Contains(kind, StringComparer.Ordinal)
            ? Finding.Warning(Subject, kind, Wanted, "Put the folder on a volume: what is in this one is gone with the machine or the container.")
            : Network.Any(name => kind.StartsWith(name, StringComparison.Ordinal))
                ? Finding.Warning(
                    Subject, kind, Wanted,
                    "Put the folder on a local disk: over a network neither the locks nor the flush of a write-ahead log can be relied on.")
                : Finding.Ok(Subject, kind);
    }

    public static Finding Space(string root)
    {
        var data = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Sum(static file => new FileInfo(file) is { Exists: true } there ? there.Length : 0);
        return OfSpace(new DriveInfo(root).AvailableFreeSpace, data);
    }

    /// <summary>The finding of so many bytes that are free, beside so many of data.</summary>
    internal static Finding OfSpace(long free, long data) => Finding.Of(
        free >= Math.Max(Little, data),
        "free space",
        $"{Size(free)} beside {Size(data)} of data",
        free >= TooLittle ? Severity.Warning : Severity.Error,
        "1 GiB, and as much as the data",
        "Make room: a full disk refuses every write, and a migration or a copy needs as much again.");

    private static string Size(long bytes) => bytes switch
    {
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024:0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024 / 1024:0.0} GiB"),
    };
}
