using System.Diagnostics.CodeAnalysis;
using Caas.Domain.Events;

namespace Caas.Engines.Kafka;

/// <summary>
/// What a member holds, between the loop that fetches and the reader that takes. Bounded for each partition: where
/// <see cref="Add"/> says so, the loop pauses it, until <see cref="TakeDrained"/> names it. Thread-safe.
/// </summary>
internal sealed class HeldPartitions(string topic, KafkaOptions options)
{
    // Owned by _gate.
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, HeldPartition> _held = [];
    private int _last = -1;
    private int _paused;

    private volatile bool _hasUnsent;

    /// <summary>Whether a partition is paused.</summary>
    public bool AnyPaused => Volatile.Read(ref _paused) > 0;

    /// <summary>Records that wait for the reader.</summary>
    public int Buffered
    {
        get
        {
            lock (_gate)
            {
                return _held.Values.Sum(static held => held.Count);
            }
        }
    }

    /// <summary>The member got these.</summary>
    public void Assign(IEnumerable<int> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _held[partition] = new HeldPartition();
            }
        }
    }

    /// <summary>The member no longer holds these: what was fetched is dropped, what was handed out is not committed any more.</summary>
    public void Revoke(IEnumerable<int> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_held.Remove(partition, out var held) && held.Paused)
                {
                    _paused--;
                }
            }
        }
    }

    /// <summary>A record was fetched. True where the partition is full from now on, and is to be paused.</summary>
    public bool Add(int partition, ConsumedRecord record, int size)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(partition, out var held))
            {
                return false;
            }

            held.Add(record, size);
            if (held.Paused || !held.IsFull(options.MaxBufferedRecords, options.MaxBufferedBytes))
            {
                return false;
            }

            held.Paused = true;
            _paused++;
            return true;
        }
    }

    /// <summary>The partition cannot be read on. True the first time in this turn.</summary>
    public bool Stop(int partition, InvalidDataException damage)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(partition, out var held) || held.Damage is not null)
            {
                return false;
            }

            held.Stop(damage);
            return true;
        }
    }

    /// <summary>The paused partitions of which half was read; they are to be resumed.</summary>
    public List<int> TakeDrained()
    {
        lock (_gate)
        {
            List<int> drained = [];
            foreach (var (partition, held) in _held)
            {
                if (held is { Paused: true, Damage: null }
                    && held.IsDrained(options.MaxBufferedRecords, options.MaxBufferedBytes))
                {
                    held.Paused = false;
                    _paused--;
                    drained.Add(partition);
                }
            }

            return drained;
        }
    }

    /// <summary>The next records of any one partition, the partitions in turn. An <see cref="InvalidDataException"/> for one that cannot be read on, once.</summary>
    public bool TryTake([NotNullWhen(true)] out StreamBatch? batch)
    {
        lock (_gate)
        {
            batch = null;
            foreach (var partition in _held.Keys.Where(key => key > _last).Concat(_held.Keys.Where(key => key <= _last)))
            {
                var held = _held[partition];
                if (held.Count > 0)
                {
                    _last = partition;
                    batch = new StreamBatch(topic, partition, held.Take(options.MaxReadRecords));
                    return true;
                }

                if (held is { Damage: { } damage, WasTold: false })
                {
                    held.WasTold = true;
                    throw damage;
                }
            }

            return false;
        }
    }

    /// <summary>Commits an offset; ignored for a partition that is not held, and where it would go back.</summary>
    public void Commit(int partition, long next)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(partition, out var held) && held.Commit(next))
            {
                _hasUnsent = true;
            }
        }
    }

    /// <summary>The commits that the client was not told of.</summary>
    public List<(int Partition, long Next)> TakeUnsent()
    {
        List<(int, long)> unsent = [];
        if (!_hasUnsent)
        {
            return unsent;
        }

        lock (_gate)
        {
            _hasUnsent = false;
            foreach (var (partition, held) in _held)
            {
                if (held.Unsent is { } next)
                {
                    held.Unsent = null;
                    unsent.Add((partition, next));
                }
            }
        }

        return unsent;
    }

    /// <summary>How far this member committed a partition; null where it did not.</summary>
    public long? Committed(int partition)
    {
        lock (_gate)
        {
            return _held.TryGetValue(partition, out var held) ? held.Committed : null;
        }
    }
}
