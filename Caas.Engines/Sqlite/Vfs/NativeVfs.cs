using System.Runtime.InteropServices;

namespace Caas.Engines.Sqlite.Vfs;

/// <summary>
/// The parts of SQLite's file interface that <see cref="WalVfs"/> stands between; names and order are those of
/// <c>sqlite3.h</c> (https://sqlite.org/c3ref/vfs.html, https://sqlite.org/c3ref/io_methods.html).
/// </summary>
internal static unsafe partial class NativeVfs
{
    private const string Library = "e_sqlite3";

    /// <summary><c>SQLITE_OK</c>.</summary>
    public const int Ok = 0;

    /// <summary><c>SQLITE_NOMEM</c>.</summary>
    public const int NoMemory = 7;

    /// <summary><c>SQLITE_OPEN_WAL</c>: the file is a write-ahead log.</summary>
    public const int OpenWal = 0x0008_0000;

    /// <summary>The file system under a name; the default one for null, which always is there.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static partial Vfs* Find(string? name);

    /// <summary>Makes a file system known; it must stay where it is for ever.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    public static partial int Register(Vfs* vfs, int makeDefault);

    /// <summary><c>sqlite3_vfs</c> up to <c>xOpen</c>, and the fifteen functions that follow in its third version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MaxPathname;
        public Vfs* Next;
        public byte* Name;
        public void* AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, File*, int, int*, int> Open;
        public fixed ulong Rest[15];
    }

    /// <summary><c>sqlite3_file</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct File
    {
        public Methods* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c>, first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<File*, int> Close;
        public delegate* unmanaged[Cdecl]<File*, void*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<File*, void*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<File*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<File*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<File*, long*, int> FileSize;
        public delegate* unmanaged[Cdecl]<File*, int, int> Lock;
        public delegate* unmanaged[Cdecl]<File*, int, int> Unlock;
        public delegate* unmanaged[Cdecl]<File*, int*, int> CheckReservedLock;
        public delegate* unmanaged[Cdecl]<File*, int, void*, int> FileControl;
        public delegate* unmanaged[Cdecl]<File*, int> SectorSize;
        public delegate* unmanaged[Cdecl]<File*, int> DeviceCharacteristics;
    }
}
