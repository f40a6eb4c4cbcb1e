using Caas.Domain.Events;

namespace Caas.Engines.InMemory;

/// <summary>One shard of the bus: its counter, and a queue for each receiver.</summary>
internal sealed class BusShard
{
    // Owned by _gate. A publisher numbers and queues in one step, so that every queue is in the order of the numbers.
    private readonly Lock _gate = new();
    private readonly List<BusQueue> _queues = [];
    private long _last;

    /// <summary>Numbers a signal and gives it to every receiver that has room for it.</summary>
    public void Publish(RealtimeSignal signal)
    {
        lock (_gate)
        {
            var numbered = new NumberedSignal(++_last, signal);
            foreach (var queue in _queues)
            {
                queue.TryAdd(numbered);
            }
        }
    }

    /// <summary>Makes a queue that gets every signal from now on.</summary>
    public BusQueue Join(int capacity, Action wake)
    {
        lock (_gate)
        {
            var queue = new BusQueue(capacity, _last, wake);
            _queues.Add(queue);
            return queue;
        }
    }

    /// <summary>Takes the queue away.</summary>
    public void Leave(BusQueue queue)
    {
        lock (_gate)
        {
            _queues.Remove(queue);
        }
    }

    /// <summary>The heartbeat: whether signals are missing at the end of this queue, of which none will tell.</summary>
    public bool IsMissing(BusQueue queue, out long last)
    {
        lock (_gate)
        {
            last = _last;
            return queue.IsEmpty && queue.Seen < _last;
        }
    }
}

/// <summary>A signal and its number in the shard.</summary>
internal readonly record struct NumberedSignal(long Number, RealtimeSignal Signal);
