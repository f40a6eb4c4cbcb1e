using Caas.Domain.Events;

namespace Caas.Engines.LocalLog;

/// <summary>
/// One partition in memory: where it begins and ends, and its newest batches. Offsets become visible here after their
/// flush, never before.
/// </summary>
internal sealed class PartitionLog(string topic, int number, long id, int tailBytes)
{
    // What a batch costs beside its bytes, as records with keys.
    private const int BatchOverheadBytes = 512;

    // Owned by _gate.
    private readonly Lock _gate = new();
    private readonly List<TailBatch> _tail = [];
    private int _tailSize;

    // Written under _gate, read anywhere.
    private long _start;
    private long _end;

    /// <summary>The topic.</summary>
    public string Topic => topic;

    /// <summary>Its number in the topic.</summary>
    public int Number => number;

    /// <summary>Its id in the file.</summary>
    public long Id => id;

    /// <summary>The first kept offset.</summary>
    public long Start => Volatile.Read(ref _start);

    /// <summary>The offset of the next record.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Owned by the writer's thread: the offset of the next record within its open transaction.</summary>
    public long WriterOffset { get; set; }

    /// <summary>Owned by the writer's thread: the bytes ever appended, within its open transaction.</summary>
    public long WriterBytes { get; set; }

    /// <summary>Owned by the writer's thread: the bytes ever appended, as flushed.</summary>
    public long FlushedBytes { get; private set; }

    /// <summary>Takes over what the file says; after a failed flush there may be more in it than was known.</summary>
    public void Load(long start, long end, long bytes)
    {
        lock (_gate)
        {
            if (end != _end)
            {
                ClearTailLocked();
            }

            Volatile.Write(ref _start, start);
            Volatile.Write(ref _end, end);
        }

        FlushedBytes = bytes;
        Rewind();
    }

    /// <summary>Writer's thread: forgets what an undone transaction appended.</summary>
    public void Rewind()
    {
        WriterOffset = End;
        WriterBytes = FlushedBytes;
    }

    /// <summary>Writer's thread: the batch is durable; readers may have it.</summary>
    public void Publish(PendingBatch batch)
    {
        FlushedBytes += batch.Body.Length;
        lock (_gate)
        {
            _tail.Add(new TailBatch(batch.BaseOffset, batch.Count, batch.Body));
            _tailSize += batch.Body.Length + BatchOverheadBytes;
            TrimTailLocked();
            Volatile.Write(ref _end, batch.BaseOffset + batch.Count);
        }
    }

    /// <summary>Writer's thread: everything below is gone from the file.</summary>
    public void AdvanceStart(long start)
    {
        lock (_gate)
        {
            Volatile.Write(ref _start, start);
            while (_tail.Count > 0 && _tail[0].BaseOffset < start)
            {
                DropOldestLocked(1);
            }
        }
    }

    /// <summary>The records from an offset, from memory; null where memory does not reach back so far.</summary>
    public IReadOnlyList<ConsumedRecord>? ReadTail(long offset, int maxBytes)
    {
        List<TailBatch> batches;
        lock (_gate)
        {
            if (_tail.Count == 0 || offset < _tail[0].BaseOffset)
            {
                return null;
            }

            batches = TakeLocked(offset, maxBytes);
        }

        if (batches.Count == 1 && batches[0].BaseOffset == offset)
        {
            return batches[0].Records;
        }

        var records = new List<ConsumedRecord>();
        foreach (var batch in batches)
        {
            records.AddRange(batch.Records.AsSpan((int)Math.Max(0, offset - batch.BaseOffset)));
        }

        return records;
    }

    private List<TailBatch> TakeLocked(long offset, int maxBytes)
    {
        var first = _tail.Count - 1;
        while (_tail[first].BaseOffset > offset)
        {
            first--;
        }

        var batches = new List<TailBatch>();
        var bytes = 0L;
        for (var i = first; i < _tail.Count && bytes < maxBytes; i++)
        {
            batches.Add(_tail[i]);
            bytes += _tail[i].Body.Length;
        }

        return batches;
    }

    // Halves at once, so that moving the rest down costs little for each batch.
    private void TrimTailLocked()
    {
        if (_tailSize <= tailBytes)
        {
            return;
        }

        var size = _tailSize;
        var count = 0;
        while (count < _tail.Count && size > tailBytes / 2)
        {
            size -= _tail[count++].Body.Length + BatchOverheadBytes;
        }

        DropOldestLocked(count);
    }

    private void DropOldestLocked(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _tailSize -= _tail[i].Body.Length + BatchOverheadBytes;
        }

        _tail.RemoveRange(0, count);
    }

    private void ClearTailLocked()
    {
        _tail.Clear();
        _tailSize = 0;
    }

    /// <summary>A batch in memory. Its records are read out once, by whoever comes first, for all groups.</summary>
    private sealed class TailBatch(long baseOffset, int count, byte[] body)
    {
        private ConsumedRecord[]? _records;

        public long BaseOffset => baseOffset;

        public int Count => count;

        public byte[] Body => body;

        public ConsumedRecord[] Records => _records ??= BatchLayout.Read(body);
    }
}
