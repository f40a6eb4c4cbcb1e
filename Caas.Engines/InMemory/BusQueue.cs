using System.Collections.Concurrent;

namespace Caas.Engines.InMemory;

/// <summary>What one receiver still has to get of one shard.</summary>
internal sealed class BusQueue(int capacity, long seen, Action wake)
{
    private readonly ConcurrentQueue<NumberedSignal> _waiting = new();

    /// <summary>Owned by the receiver's loop: the number up to which it knows everything, or knows that it does not.</summary>
    public long Seen { get; set; } = seen;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _waiting.IsEmpty;

    /// <summary>
    /// Adds a signal; drops it where there is no room. Called under the shard's lock: one publisher at a time, and
    /// <c>wake</c> only leaves a token, it runs nothing.
    /// </summary>
    public void TryAdd(NumberedSignal signal)
    {
        if (_waiting.Count < capacity)
        {
            _waiting.Enqueue(signal);
            wake();
        }
    }

    /// <summary>The next signal.</summary>
    public bool TryTake(out NumberedSignal signal) => _waiting.TryDequeue(out signal);
}
