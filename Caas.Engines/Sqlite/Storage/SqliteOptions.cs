namespace Caas.Engines.Sqlite.Storage;

/// <summary>The bounds of the SQLite engine.</summary>
public sealed class SqliteOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Sqlite";

    /// <summary>How many threads write; each file belongs to one of them.</summary>
    public int WriterThreads { get; set; } = 2;

    /// <summary>The most writes that wait for one thread; more are refused as <c>overloaded</c>.</summary>
    public int MaxQueuedWrites { get; set; } = 10_000;

    /// <summary>The most writes that share one flush.</summary>
    public int MaxBatch { get; set; } = 256;

    /// <summary>
    /// The most clients' files that are open at once, over all threads: each takes some 0.3 MiB and three descriptors, twice
    /// as much where it is read often, and a write to one that is not open costs some four times one to a file that is.
    /// </summary>
    public int MaxOpenFiles { get; set; } = 1024;

    /// <summary>The most reads of one file at once.</summary>
    public int MaxReadersPerFile { get; set; } = 8;

    /// <summary>After so many pages (of 4 KiB) in the write-ahead log it is copied into the file.</summary>
    public int CheckpointPages { get; set; } = 4000;

    /// <summary>
    /// Whether a commit is in the file and synced before it is answered. Not configurable: false is the control of the
    /// power cut's tests, which must lose something then.
    /// </summary>
    internal bool SyncsCommits { get; set; } = true;

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        (string Name, int Value, int Least, int Most)[] ranges =
        [
            (nameof(WriterThreads), WriterThreads, 1, 64),
            (nameof(MaxQueuedWrites), MaxQueuedWrites, 1, 1_000_000),
            (nameof(MaxBatch), MaxBatch, 1, 10_000),
            (nameof(MaxOpenFiles), MaxOpenFiles, 2, 100_000),
            (nameof(MaxReadersPerFile), MaxReadersPerFile, 1, 256),
            (nameof(CheckpointPages), CheckpointPages, 16, 1_000_000),
        ];
        foreach (var (name, value, least, most) in ranges)
        {
            if (value < least || value > most)
            {
                yield return $"{Section}:{name}: must be between {least} and {most}.";
            }
        }
    }
}
