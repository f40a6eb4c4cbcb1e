namespace Caas.Engines.LocalLog;

/// <summary>
/// The committed offsets that are not in the file yet. Every transaction of the writer takes them along; where there is
/// none, a timer asks for one of their own.
/// </summary>
internal sealed class OffsetLedger : IDisposable
{
    private static readonly Dictionary<OffsetKey, long> None = [];

    private readonly TimeSpan _delay;
    private readonly ITimer _timer;

    // Owned by _gate.
    private readonly Lock _gate = new();
    private Dictionary<OffsetKey, long> _dirty = [];
    private bool _armed;
    private volatile bool _due;

    /// <summary>A ledger that calls <paramref name="wake"/> when its offsets have waited for the delay.</summary>
    public OffsetLedger(TimeProvider clock, TimeSpan delay, Action wake)
    {
        _delay = delay;
        _timer = clock.CreateTimer(
            _ =>
            {
                _due = true;
                wake();
            },
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether offsets have waited long enough.</summary>
    public bool IsDue => _due;

    /// <summary>Remembers an offset; the highest of a partition and group stays.</summary>
    public void Add(OffsetKey key, long offset)
    {
        lock (_gate)
        {
            AddLocked(key, offset);
            ArmLocked();
        }
    }

    /// <summary>Hands out everything, to be written now.</summary>
    public Dictionary<OffsetKey, long> Take()
    {
        lock (_gate)
        {
            _due = false;
            _armed = false;

            // Never the dictionary that Add goes on filling, not even while it is empty.
            if (_dirty.Count == 0)
            {
                return None;
            }

            var taken = _dirty;
            _dirty = [];
            return taken;
        }
    }

    /// <summary>Takes back what could not be written.</summary>
    public void Return(Dictionary<OffsetKey, long> offsets)
    {
        lock (_gate)
        {
            foreach (var (key, offset) in offsets)
            {
                AddLocked(key, offset);
            }

            ArmLocked();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void AddLocked(OffsetKey key, long offset)
    {
        if (!_dirty.TryGetValue(key, out var known) || known < offset)
        {
            _dirty[key] = offset;
        }
    }

    private void ArmLocked()
    {
        if (!_armed && _dirty.Count > 0)
        {
            _armed = true;
            _timer.Change(_delay, Timeout.InfiniteTimeSpan);
        }
    }
}

/// <summary>Whose offset it is.</summary>
internal readonly record struct OffsetKey(long PartitionId, string Group);
