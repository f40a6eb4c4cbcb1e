using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Caas.Engines.Sqlite.Vfs;

/// <summary>
/// A file system of SQLite that gathers the writes of a write-ahead log and makes one of them where SQLite syncs. SQLite
/// writes each page's frame by two calls of the system; a commit of a batch is hundreds of pages.
/// </summary>
/// <remarks>
/// For connections with <c>synchronous=FULL</c> alone. There every commit syncs the log before its frames become visible
/// in the shared index (https://sqlite.org/walformat.html, https://sqlite.org/pragma.html#pragma_synchronous), so no other
/// connection ever looks for bytes that still wait here, and nothing is acknowledged that is not in the file and synced.
/// A write that fails is the failure of the sync that asked for it. Every other file is the default file system's own.
/// </remarks>
internal static unsafe class WalVfs
{
    /// <summary>The name to open a connection with.</summary>
    public const string Name = "caas-wal";

    // Before the default file system's own file: our methods and the handle of the file's buffer.
    private static readonly int HeadSize = sizeof(WalFile);

    // Written once by the type initializer; SQLite keeps the pointers for the life of the process.
    private static readonly NativeVfs.Methods* Methods = MakeMethods();
    private static readonly NativeVfs.Vfs* Inner = NativeVfs.Find(name: null);
    private static readonly bool IsRegistered = Register();

    /// <summary>Makes the name known; cheap after the first time.</summary>
    public static void Ensure()
    {
        if (!IsRegistered)
        {
            throw new NotSupportedException($"SQLite did not take the file system {Name}.");
        }
    }

    private static bool Register()
    {
        var vfs = (NativeVfs.Vfs*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(WalVfs), sizeof(NativeVfs.Vfs));
        Buffer.MemoryCopy(Inner, vfs, sizeof(NativeVfs.Vfs), sizeof(NativeVfs.Vfs));
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        vfs->FileSize = Inner->FileSize + HeadSize;
        vfs->Open = &Open;
        return NativeVfs.Register(vfs, makeDefault: 0) == NativeVfs.Ok;
    }

    private static NativeVfs.Methods* MakeMethods()
    {
        var methods = (NativeVfs.Methods*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(WalVfs), sizeof(NativeVfs.Methods));
        *methods = new NativeVfs.Methods
        {
            Version = 1,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
        };
        return methods;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs.Vfs* vfs, byte* name, NativeVfs.File* file, int flags, int* outFlags)
    {
        if ((flags & NativeVfs.OpenWal) == 0)
        {
            return Inner->Open(Inner, name, file, flags, outFlags);
        }

        var code = Inner->Open(Inner, name, InnerOf(file), flags, outFlags);
        if (code == NativeVfs.Ok)
        {
            var log = (WalFile*)file;
            log->Buffer = GCHandle.ToIntPtr(GCHandle.Alloc(new WalBuffer()));
            log->Methods = Methods;
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeVfs.File* file)
    {
        // What still waits was never committed: it is of a transaction that was rolled back.
        BufferOf(file).Clear();
        GCHandle.FromIntPtr(((WalFile*)file)->Buffer).Free();
        return InnerOf(file)->Methods->Close(InnerOf(file));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(NativeVfs.File* file, void* into, int length, long offset)
    {
        var code = BufferOf(file).Holds(offset, length) ? Flush(file) : NativeVfs.Ok;
        return code == NativeVfs.Ok ? InnerOf(file)->Methods->Read(InnerOf(file), into, length, offset) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeVfs.File* file, void* data, int length, long offset)
    {
        try
        {
            var bytes = new ReadOnlySpan<byte>(data, length);
            if (BufferOf(file).TryWrite(bytes, offset))
            {
                return NativeVfs.Ok;
            }

            var code = Flush(file);
            return code != NativeVfs.Ok || BufferOf(file).TryWrite(bytes, offset)
                ? code
                : InnerOf(file)->Methods->Write(InnerOf(file), data, length, offset);
        }
        catch (OutOfMemoryException)
        {
            // An exception must not cross into SQLite.
            return NativeVfs.NoMemory;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeVfs.File* file, long size)
    {
        var code = Flush(file);
        return code == NativeVfs.Ok ? InnerOf(file)->Methods->Truncate(InnerOf(file), size) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeVfs.File* file, int flags)
    {
        var code = Flush(file);
        return code == NativeVfs.Ok ? InnerOf(file)->Methods->Sync(InnerOf(file), flags) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(NativeVfs.File* file, long* size)
    {
        var code = Flush(file);
        return code == NativeVfs.Ok ? InnerOf(file)->Methods->FileSize(InnerOf(file), size) : code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(NativeVfs.File* file, int level) => InnerOf(file)->Methods->Lock(InnerOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(NativeVfs.File* file, int level) => InnerOf(file)->Methods->Unlock(InnerOf(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeVfs.File* file, int* held) =>
        InnerOf(file)->Methods->CheckReservedLock(InnerOf(file), held);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(NativeVfs.File* file, int operation, void* argument) =>
        InnerOf(file)->Methods->FileControl(InnerOf(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeVfs.File* file) => InnerOf(file)->Methods->SectorSize(InnerOf(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(NativeVfs.File* file) =>
        InnerOf(file)->Methods->DeviceCharacteristics(InnerOf(file));

    // Where it fails the run is dropped: SQLite rolls the transaction back and writes over the place.
    private static int Flush(NativeVfs.File* file)
    {
        var buffer = BufferOf(file);
        var bytes = buffer.Bytes;
        if (bytes.IsEmpty)
        {
            return NativeVfs.Ok;
        }

        int code;
        fixed (byte* first = bytes)
        {
            code = InnerOf(file)->Methods->Write(InnerOf(file), first, bytes.Length, buffer.Start);
        }

        buffer.Clear();
        return code;
    }

    private static NativeVfs.File* InnerOf(NativeVfs.File* file) => (NativeVfs.File*)((byte*)file + HeadSize);

    private static WalBuffer BufferOf(NativeVfs.File* file) =>
        (WalBuffer)GCHandle.FromIntPtr(((WalFile*)file)->Buffer).Target!;

    [StructLayout(LayoutKind.Sequential)]
    private struct WalFile
    {
        public NativeVfs.Methods* Methods;
        public nint Buffer;
    }
}
