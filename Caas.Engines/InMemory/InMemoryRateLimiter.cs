using System.Runtime.InteropServices;
using Caas.Domain.Policies;

namespace Caas.Engines.InMemory;

/// <inheritdoc/>
/// <remarks>
/// For one process. Each key is one number: the theoretical arrival time of the next request if they came evenly. Time
/// is the clock's monotonic timestamp, so that a jump of the wall clock neither frees nor locks anybody. The number of
/// keys is bounded: a shard that is full drops the keys whose budget is whole again, and where none is, those that are
/// nearest to it. The interval between two requests is rounded down to the clock's tick, a nanosecond here.
/// </remarks>
internal sealed class InMemoryRateLimiter(TimeProvider clock, InMemoryOptions options) : IRateLimiter
{
    private const int Shards = 64;

    private readonly int _keysPerShard = options.MaxRateLimitKeys / Shards;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(static _ => new Shard())];

    /// <summary>How many keys are remembered now.</summary>
    internal int Count => _shards.Sum(static shard => shard.Count);

    /// <inheritdoc/>
    public ValueTask<RateLimitLease> AcquireAsync(
        string key, int limit, TimeSpan period, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();

        var interval = Math.Max(1, ToTicks(period) / limit);
        var burst = interval * limit;
        var shard = _shards[(uint)string.GetHashCode(key, StringComparison.Ordinal) % Shards];
        long now;
        long wait;
        long arrival;
        lock (shard.Gate)
        {
            // Inside the lock: of two requests the later one has the later time.
            now = clock.GetTimestamp();
            wait = shard.TakeLocked(key, now, interval, burst, _keysPerShard, out arrival);
        }

        var used = arrival - now;
        return ValueTask.FromResult(new RateLimitLease(
            Allowed: wait == 0,
            limit,
            Remaining: (int)Math.Max(0, (burst - used) / interval),
            ResetAfter: ToTime(used),
            RetryAfter: ToTime(wait)));
    }

    private long ToTicks(TimeSpan time) =>
        (long)((Int128)time.Ticks * clock.TimestampFrequency / TimeSpan.TicksPerSecond);

    // Up to the next tick of a TimeSpan: whoever waits so long is not too early.
    private TimeSpan ToTime(long ticks) => TimeSpan.FromTicks(
        (long)((((Int128)Math.Max(0, ticks) * TimeSpan.TicksPerSecond) + clock.TimestampFrequency - 1) / clock.TimestampFrequency));

    private sealed class Shard
    {
        // Owned by Gate: by key the theoretical arrival time.
        private readonly Dictionary<string, long> _arrivals = new(StringComparer.Ordinal);

        public Lock Gate { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate)
                {
                    return _arrivals.Count;
                }
            }
        }

        // 0 where the request was taken, else how long until it would be.
        public long TakeLocked(string key, long now, long interval, long burst, int capacity, out long arrival)
        {
            if (_arrivals.Count >= capacity && !_arrivals.ContainsKey(key))
            {
                EvictLocked(now);
            }

            ref var stored = ref CollectionsMarshal.GetValueRefOrAddDefault(_arrivals, key, out var known);
            arrival = known ? Math.Max(stored, now) : now;
            var next = arrival + interval;
            if (next - now > burst)
            {
                return next - now - burst;
            }

            stored = next;
            arrival = next;
            return 0;
        }

        // At least an eighth goes, so that the work is spread over as many new keys.
        private void EvictLocked(long now)
        {
            var arrivals = _arrivals.Values.ToArray();
            Array.Sort(arrivals);
            var threshold = Math.Max(now, arrivals[arrivals.Length / 8]);
            foreach (var (key, arrival) in _arrivals)
            {
                if (arrival <= threshold)
                {
                    _arrivals.Remove(key);
                }
            }
        }
    }
}
