using Caas.Domain.Errors;
using Caas.Domain.Ids;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>
/// The folder of the embedded engines, held by one process at a time. The lock is the kernel's (flock through
/// <see cref="FileShare.None"/>): it ends with the process, however that dies, and nothing has to be removed by hand.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="clock">Times the wait for the lock.</param>
public sealed class DataFolder(string path, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The file that the kernel locks.</summary>
    internal const string LockFile = "lock";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private FileStream? _lock;

    /// <summary>The folder, as a full path.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    /// <summary>The database of the platform.</summary>
    public string PlatformDatabase => Path.Combine(Root, "caas_platform.db");

    /// <summary>There while a backup is being put into place; what is there with it is not whole.</summary>
    internal string RestoreMark => Path.Combine(Root, "restoring");

    /// <summary>There while another folder's data comes into this one; what is there with it is not whole.</summary>
    internal string ArrivalMark => Path.Combine(Root, "arriving");

    /// <summary>Says whether this folder's data is moved away.</summary>
    internal MoveMark MoveMark => new(Root);

    /// <summary>The database of one client.</summary>
    public string ClientDatabase(ClientId clientId) => Path.Combine(Root, "clients", clientId + ".db");

    /// <summary>
    /// Makes the folder and takes its lock, waiting up to five seconds for another process to let go of it. Repeating
    /// it does nothing. <see cref="DataFolderException"/> where the folder cannot be had, or where a restore into it did
    /// not end.
    /// </summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await HoldAsync(cancellationToken);
        if (File.Exists(RestoreMark))
        {
            Dispose();
            throw new DataFolderException(
                $"{DataOptions.Section}:{nameof(DataOptions.Path)}: a restore into the folder '{Root}' did not end: "
                + "repeat it with --force.");
        }

        if (File.Exists(ArrivalMark))
        {
            Dispose();
            throw new DataFolderException(
                $"{DataOptions.Section}:{nameof(DataOptions.Path)}: a migration into the folder '{Root}' has not ended: repeat it.");
        }

        if (MoveMark.Read() is { Done: true } moved)
        {
            Dispose();
            throw new DataFolderException(
                $"{DataOptions.Section}:{nameof(DataOptions.Path)}: what was in the folder '{Root}' was moved to {moved.Target}: "
                + "start the product there. As long as nothing was written there, the command that moved it takes it back with --undo.");
        }
    }

    /// <summary>The same, whatever state the folder is in: for what puts it in order.</summary>
    internal async Task HoldAsync(CancellationToken cancellationToken)
    {
        if (_lock is not null)
        {
            return;
        }

        var began = clock.GetTimestamp();
        try
        {
            MakeFolder(Root);
            MakeFolder(Path.Combine(Root, "clients"));
            while (!TryLock())
            {
                if (clock.GetElapsedTime(began) >= LongestWait)
                {
                    throw new DataFolderException(
                        $"{DataOptions.Section}:{nameof(DataOptions.Path)}: the folder '{Root}' is in use by another process.");
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new DataFolderException(
                $"{DataOptions.Section}:{nameof(DataOptions.Path)}: the folder '{Root}' cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnerOnly);
    }

    private bool TryLock()
    {
        try
        {
            _lock = new FileStream(Path.Combine(Root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException failure) when (failure is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return false;
        }
    }
}

/// <summary>The data folder cannot be had; the message is one line that names the configuration key.</summary>
/// <param name="message">The line.</param>
/// <param name="innerException">The cause; null for none.</param>
public sealed class DataFolderException(string message, Exception? innerException = null)
    : StartException(message, innerException);
