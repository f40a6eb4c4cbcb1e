namespace Caas.Engines.Sqlite.Vfs;

/// <summary>
/// Makes a write-ahead log durable whose sync failed. After such a failure the kernel takes the pages for clean that never
/// reached the disk (https://lwn.net/Articles/752063/): a reader sees them, a later sync does not write them, and SQLite
/// would append to a log with a hole. Written over with themselves they are dirty again.
/// </summary>
internal static class LogRewrite
{
    private const int Chunk = 256 * 1024;

    /// <summary>Writes the log of a database over itself and syncs it; nothing where there is none. Throws where that fails.</summary>
    public static void Run(string databasePath)
    {
        var path = databasePath + "-wal";
        if (!File.Exists(path))
        {
            return;
        }

        // Unbuffered, so that a position is where it says.
        using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var bytes = new byte[Chunk];
        for (var at = 0L; at < log.Length; at = log.Position)
        {
            var read = log.ReadAtLeast(bytes, Chunk, throwOnEndOfStream: false);
            log.Position = at;
            log.Write(bytes, 0, read);
        }

        log.Flush(flushToDisk: true);
    }
}
