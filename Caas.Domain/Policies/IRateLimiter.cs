namespace Caas.Domain.Policies;

/// <summary>
/// Counts requests: GCRA, the leaky bucket as a meter that lets a burst of the whole limit through and refills it
/// evenly. Exact under concurrency. Source: ITU-T I.371, annex A (virtual scheduling). Thread-safe.
/// </summary>
public interface IRateLimiter
{
    /// <summary>
    /// Takes one from the budget of this key. An engine that is away is no exception: each node then counts for itself.
    /// </summary>
    /// <param name="key">Whose budget; names of different kinds never meet, since each begins with its kind.</param>
    /// <param name="limit">How many a period; at least 1.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<RateLimitLease> AcquireAsync(string key, int limit, TimeSpan period, CancellationToken cancellationToken);
}

/// <summary>What the limiter said.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Limit">How many a period.</param>
/// <param name="Remaining">How many more may come at once.</param>
/// <param name="ResetAfter">Until the budget is full again.</param>
/// <param name="RetryAfter">Until the next one is allowed; zero where this one was.</param>
public readonly record struct RateLimitLease(bool Allowed, int Limit, int Remaining, TimeSpan ResetAfter, TimeSpan RetryAfter);
