using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Caas.Engines.Backup;

/// <summary>Files that survive a power cut once these calls are back, and what their bytes hash to.</summary>
internal static partial class DurableFile
{
    private const int ReadOnly = 0;
    private const int BufferBytes = 1 << 20;

    /// <summary>Flushes a file that is written, and describes it.</summary>
    public static async Task<BackupFile> DescribeAsync(string root, string path, CancellationToken cancellationToken)
    {
        await using var file = Open(Path.Combine(root, path), FileMode.Open, FileAccess.ReadWrite);
        var hash = await SHA256.HashDataAsync(file, cancellationToken);
        Flush(file);
        return new BackupFile(path, file.Length, Convert.ToHexStringLower(hash));
    }

    /// <summary>The hash of a file, in the manifest's form.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path, FileMode.Open, FileAccess.Read);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    /// <summary>Copies a file, flushes the copy and gives the hash of what was copied.</summary>
    public static async Task<string> CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var from = Open(source, FileMode.Open, FileAccess.Read);
        await using var to = Open(target, FileMode.CreateNew, FileAccess.Write);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Flush(to);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes a file under a name that it has only once it is whole.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var unfinished = path + ".unfinished";
        await using (var file = Open(unfinished, FileMode.CreateNew, FileAccess.Write))
        {
            await file.WriteAsync(bytes, cancellationToken);
            Flush(file);
        }

        File.Move(unfinished, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The same over a file that may be there, which is whole at any moment: the old one or the new one.</summary>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var unfinished = path + ".unfinished";
        await using (var file = Open(unfinished, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(bytes, cancellationToken);
            Flush(file);
        }

        File.Move(unfinished, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes the names in a folder durable; .NET opens no folders, and Windows has no such call.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = OpenNative(folder, ReadOnly);
        if (handle < 0)
        {
            throw new IOException($"The folder '{folder}' cannot be flushed: error {Marshal.GetLastPInvokeError()}.");
        }

        var code = FlushNative(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = CloseNative(handle);
        if (code != 0)
        {
            throw new IOException($"The folder '{folder}' cannot be flushed: error {error}.");
        }
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access) =>
        new(path, new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.Asynchronous });

    private static void Flush(FileStream file) => RandomAccess.FlushToDisk(file.SafeFileHandle);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenNative(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushNative(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseNative(int handle);
}
