namespace Caas.Consumers.Streams;

/// <summary>
/// How far a partition is done, where records may be finished out of order. The watermark is the offset below which
/// everything is done: what is committed never passes a record that is not. Thread-safe.
/// </summary>
internal sealed class PartitionProgress
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly SortedSet<long> _unfinished = [];
    private long _next;

    /// <summary>A record was read; in the order of offsets.</summary>
    public void Begin(long offset)
    {
        lock (_lock)
        {
            _unfinished.Add(offset);
            _next = offset + 1;
        }
    }

    /// <summary>A record is done, or given up.</summary>
    public void Finish(long offset)
    {
        lock (_lock)
        {
            _unfinished.Remove(offset);
        }
    }

    /// <summary>The offset below which everything is done.</summary>
    public long Watermark
    {
        get
        {
            lock (_lock)
            {
                return _unfinished.Count == 0 ? _next : _unfinished.Min;
            }
        }
    }
}
