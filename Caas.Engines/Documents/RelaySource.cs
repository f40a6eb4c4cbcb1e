namespace Caas.Engines.Documents;

/// <summary>
/// How far the relay is with the changes of one file. Outlives the file's being open. Thread-safe: the file's writer
/// moves <see cref="Last"/> and <see cref="Saved"/>, the relay moves <see cref="Confirmed"/>.
/// </summary>
/// <param name="name">The file.</param>
/// <param name="shard">The reader that it belongs to.</param>
/// <param name="clock">What waiting is measured by.</param>
internal sealed class RelaySource(DatabaseName name, int shard, TimeProvider clock)
{
    private long _last;
    private long _confirmed;
    private long _saved;
    private long _movedAt;
    private int _queued;

    public DatabaseName Name => name;

    public int Shard => shard;

    /// <summary>The newest durable changes.</summary>
    public RecentChanges Recent { get; } = new();

    /// <summary>The position of the newest durable change.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>The position up to which the changes are in the stream.</summary>
    public long Confirmed => Interlocked.Read(ref _confirmed);

    /// <summary>The position that a crash would fall back to.</summary>
    public long Saved => Interlocked.Read(ref _saved);

    /// <summary>Whether changes wait for the relay.</summary>
    public bool IsPending => Last > Confirmed;

    /// <summary>How many wait: positions are counted, and each is one change.</summary>
    public long Pending => Math.Max(0, Last - Confirmed);

    /// <summary>How long something has waited and nothing was moved; zero where nothing waits.</summary>
    public TimeSpan Waiting => IsPending ? clock.GetElapsedTime(Interlocked.Read(ref _movedAt)) : TimeSpan.Zero;

    /// <summary>Whether the file's own copy of the position is behind.</summary>
    public bool IsUnsaved => Confirmed > Saved;

    /// <summary>Takes what the file says when it is opened; a position that is known to be further stays.</summary>
    public void Load(long last, long saved)
    {
        if (!IsPending)
        {
            Moved();
        }

        Raise(ref _last, last);
        Raise(ref _saved, saved);
        Raise(ref _confirmed, saved);
    }

    public void Advance(long last)
    {
        if (!IsPending)
        {
            Moved();
        }

        Raise(ref _last, last);
    }

    public void Confirm(long position)
    {
        Moved();
        Raise(ref _confirmed, position);
    }

    public void MarkSaved(long position) => Raise(ref _saved, position);

    /// <summary>True for the one who has to queue it.</summary>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    public void Unqueue() => Interlocked.Exchange(ref _queued, 0);

    private void Moved() => Interlocked.Exchange(ref _movedAt, clock.GetTimestamp());

    private static void Raise(ref long field, long value)
    {
        var seen = Interlocked.Read(ref field);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref field, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
