using Caas.Domain.Events;

namespace Caas.Engines.Documents;

/// <summary>
/// The newest durable changes of one file, for the relay, which mostly follows right behind the commits: what it finds
/// here it need not read. A relay that is behind reads the file. Thread-safe: the file's writer adds, the relay takes.
/// </summary>
internal sealed class RecentChanges
{
    private const int MaxChanges = 1024;
    private const int MaxBytes = 1024 * 1024;

    private readonly Lock _lock = new();

    // Guarded by _lock: one run of positions without holes.
    private readonly Queue<(long Position, Change Change)> _changes = new();
    private int _bytes;

    /// <summary>Adds the changes of one transaction.</summary>
    public void Add(List<(long Position, Change Change)> appended)
    {
        lock (_lock)
        {
            foreach (var (position, change) in appended)
            {
                if (_changes.Count >= MaxChanges || _bytes + change.Body.Length > MaxBytes)
                {
                    ClearLocked();
                }

                _changes.Enqueue((position, change));
                _bytes += change.Body.Length;
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            ClearLocked();
        }
    }

    /// <summary>
    /// Takes the changes that follow a position, and gives the position of the last; that same position where what follows
    /// is not here. What is not taken after all has to be read from the file.
    /// </summary>
    public long Take(long after, int limit, List<Change> into)
    {
        lock (_lock)
        {
            while (_changes.TryPeek(out var first) && first.Position <= after)
            {
                DequeueLocked();
            }

            while (into.Count < limit && _changes.TryPeek(out var next) && next.Position == after + 1)
            {
                into.Add(next.Change);
                after = next.Position;
                DequeueLocked();
            }

            return after;
        }
    }

    private void DequeueLocked() => _bytes -= _changes.Dequeue().Change.Body.Length;

    private void ClearLocked()
    {
        _changes.Clear();
        _bytes = 0;
    }
}
