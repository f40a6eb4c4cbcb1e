using Caas.Domain.Policies;
using StackExchange.Redis;

namespace Caas.Engines.Redis;

/// <inheritdoc cref="IRateLimiter"/>
/// <remarks>
/// For all nodes: one script on the server's clock, which is a wall clock. The interval between two requests is rounded
/// down to a microsecond. While Redis is away each node counts for itself, with budgets that begin whole: a caller gets
/// at most the limit from each node, never more and never nothing. What a time-out left open may have been counted twice,
/// in Redis and here.
/// </remarks>
/// <param name="circuit">The way to Redis; disposed with this.</param>
/// <param name="keys">The names.</param>
/// <param name="fallback">Counts while Redis is away.</param>
internal sealed class RedisRateLimiter(RedisCircuit circuit, RedisKeys keys, IRateLimiter fallback) : IRateLimiter, IDisposable
{
    // Beyond a century Lua's numbers are no longer exact to the microsecond.
    private const long MaxPeriodMicroseconds = 100L * 365 * 24 * 3600 * 1_000_000;

    /// <summary>Whether the counters of all nodes are one.</summary>
    public bool IsShared => circuit.IsClosed;

    /// <inheritdoc/>
    public async ValueTask<RateLimitLease> AcquireAsync(
        string key, int limit, TimeSpan period, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);

        var interval = Math.Max(1, Math.Min(period.Ticks / TimeSpan.TicksPerMicrosecond, MaxPeriodMicroseconds) / limit);
        var burst = interval * limit;
        var answer = await circuit.EvaluateAsync(
            RedisScripts.TakeFromBudget, [keys.RateLimit(key)], [interval, burst], cancellationToken).ConfigureAwait(false);
        return answer is null
            ? await fallback.AcquireAsync(key, limit, period, cancellationToken).ConfigureAwait(false)
            : Lease(answer, limit, interval, burst);
    }

    /// <inheritdoc/>
    public void Dispose() => circuit.Dispose();

    private static RateLimitLease Lease(RedisResult answer, int limit, long interval, long burst)
    {
        var wait = (long)answer[0];
        var used = (long)answer[1];
        return new RateLimitLease(
            Allowed: wait == 0,
            limit,
            Remaining: (int)Math.Max(0, (burst - used) / interval),
            ResetAfter: ToTime(used),
            RetryAfter: ToTime(wait));
    }

    private static TimeSpan ToTime(long microseconds) => TimeSpan.FromTicks(Math.Max(0, microseconds) * TimeSpan.TicksPerMicrosecond);
}
