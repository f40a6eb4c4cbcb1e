using Caas.Domain.Events;

namespace Caas.Engines.Kafka;

/// <summary>A partition that this member holds: what was fetched and not read, and how far it may commit. Owned by <see cref="HeldPartitions"/>' lock.</summary>
internal sealed class HeldPartition
{
    private readonly Queue<(ConsumedRecord Record, int Size)> _records = [];
    private long _bytes;

    // The offsets between which a commit is taken: what was handed out in this turn, and not yet committed.
    private long _committed = -1;
    private long _handedOut = -1;

    /// <summary>Whether its fetching is paused.</summary>
    public bool Paused { get; set; }

    /// <summary>Why it cannot be read on; null where it can.</summary>
    public InvalidDataException? Damage { get; private set; }

    /// <summary>Whether that was told.</summary>
    public bool WasTold { get; set; }

    /// <summary>A commit that the client was not told yet; null for none.</summary>
    public long? Unsent { get; set; }

    /// <summary>What it is committed to by this member; null where it was not.</summary>
    public long? Committed { get; private set; }

    /// <summary>Records that wait.</summary>
    public int Count => _records.Count;

    /// <summary>Whether it takes no more for now.</summary>
    public bool IsFull(int maxRecords, long maxBytes) => _records.Count >= maxRecords || _bytes >= maxBytes;

    /// <summary>Whether half of it was read.</summary>
    public bool IsDrained(int maxRecords, long maxBytes) => _records.Count <= maxRecords / 2 && _bytes <= maxBytes / 2;

    /// <summary>A record was fetched; ignored behind a damage.</summary>
    public void Add(ConsumedRecord record, int size)
    {
        if (Damage is null)
        {
            _records.Enqueue((record, size));
            _bytes += size;
        }
    }

    /// <summary>Nothing comes after what is here.</summary>
    public void Stop(InvalidDataException damage) => Damage ??= damage;

    /// <summary>Hands out what is here, up to a number.</summary>
    public ConsumedRecord[] Take(int most)
    {
        var records = new ConsumedRecord[Math.Min(most, _records.Count)];
        for (var i = 0; i < records.Length; i++)
        {
            (records[i], var size) = _records.Dequeue();
            _bytes -= size;
        }

        _committed = _committed < 0 ? records[0].Offset : _committed;
        _handedOut = records[^1].Offset + 1;
        return records;
    }

    /// <summary>
    /// Commits; ignored where it would go back, and beyond what was handed out since this member got the partition: that
    /// is said of an earlier turn, and whoever held it between may not have got so far.
    /// </summary>
    public bool Commit(long next)
    {
        if (_handedOut < 0 || next <= _committed || next > _handedOut)
        {
            return false;
        }

        _committed = next;
        Committed = next;
        Unsent = next;
        return true;
    }
}
