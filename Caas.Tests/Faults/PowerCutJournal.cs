using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Caas.Tests.Support;

namespace Caas.Tests.Faults;

/// <summary>
/// What a process did to its data folder, and what its callers were told meanwhile, in one order; written by
/// <c>native/recorder.c</c> and by <see cref="Acknowledge"/>.
/// </summary>
internal sealed partial class PowerCutJournal : IDisposable
{
    private const uint Magic = 0x43415253;
    private const int HeadBytes = 32;
    private const int WriteOnlyAppendCreate = 0x1 | 0x400 | 0x40;

    private readonly Lock _lock = new();
    private readonly int _handle;

    private PowerCutJournal(string path)
    {
        Path = path;
        _handle = OpenNative([.. Encoding.UTF8.GetBytes(path), 0], WriteOnlyAppendCreate, 0b110_000_000);
        _handle.ShouldBeGreaterThan(0, $"errno {Marshal.GetLastPInvokeError()}");
    }

    public string Path { get; }

    /// <summary>Begins a journal, which the recorder goes on with.</summary>
    public static PowerCutJournal Create(string path) => new(path);

    /// <summary>Builds the recorder; a machine that cannot is skipped by name.</summary>
    public static async Task<string> BuildRecorderAsync(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The recorder is a library for Linux.");
        var library = System.IO.Path.Combine(folder, "recorder.so");
        try
        {
            using var compiler = Process.Start(
                "cc", ["-shared", "-fPIC", "-O1", "-o", library, Repository.Folder("Caas.Tests", "Faults", "native", "recorder.c"), "-ldl"]);
            await compiler.WaitForExitAsync(SocketIOHost.Ct);
            compiler.ExitCode.ShouldBe(0);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no C compiler (cc) to build the recorder with.");
        }

        return library;
    }

    /// <summary>Notes that a caller was told; before it is, because nothing else orders it after the flush.</summary>
    public void Acknowledge(Acknowledged acknowledged)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(acknowledged);
        var record = new byte[HeadBytes + data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), (int)PowerCutOperation.Acknowledged);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), data.Length);
        data.CopyTo(record, HeadBytes);

        // One write on a descriptor with O_APPEND, which FileMode.Append is not: the recorder appends to the same file.
        lock (_lock)
        {
            WriteNative(_handle, record, record.Length).ShouldBe(record.Length);
        }
    }

    /// <summary>All records, in their order.</summary>
    public IReadOnlyList<PowerCutRecord> Read()
    {
        var bytes = File.ReadAllBytes(Path);
        var records = new List<PowerCutRecord>();
        for (var at = 0; at < bytes.Length;)
        {
            var head = bytes.AsSpan(at, HeadBytes);
            BinaryPrimitives.ReadUInt32LittleEndian(head).ShouldBe(Magic, $"at {at}");
            var path = BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
            var data = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
            records.Add(new PowerCutRecord(
                (PowerCutOperation)BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
                BinaryPrimitives.ReadInt32LittleEndian(head[8..]),
                Encoding.UTF8.GetString(bytes, at + HeadBytes, path),
                BinaryPrimitives.ReadInt64LittleEndian(head[24..]),
                bytes.AsMemory(at + HeadBytes + path, data)));
            at += HeadBytes + path + data;
        }

        return records;
    }

    public void Dispose() => _ = CloseNative(_handle);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenNative(ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteNative(int handle, ReadOnlySpan<byte> data, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseNative(int handle);
}

/// <summary>The kinds of records; the numbers are those of <c>recorder.c</c>.</summary>
internal enum PowerCutOperation
{
    Created = 1,
    Written,
    SyncBegan,
    SyncEnded,
    Truncated,
    Renamed,
    Unlinked,
    MadeFolder,
    Acknowledged,
}

/// <summary>One record.</summary>
/// <param name="Operation">What was done.</param>
/// <param name="Thread">By which thread of the system.</param>
/// <param name="Path">To what, from the data folder; empty for the folder itself.</param>
/// <param name="Offset">Where a write begins; the length of a truncation.</param>
/// <param name="Data">What was written; the new name; what was acknowledged.</param>
internal sealed record PowerCutRecord(PowerCutOperation Operation, int Thread, string Path, long Offset, ReadOnlyMemory<byte> Data);
