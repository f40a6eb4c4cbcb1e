using Caas.Domain.Policies;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IRateLimiter"/> promises.</summary>
public abstract class RateLimiterContract : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    protected IRateLimiter Limiter { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Limiter = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_burst_of_the_whole_limit_goes_through_and_the_next_one_does_not()
    {
        for (var i = 0; i < 6; i++)
        {
            var lease = await Limiter.AcquireAsync("user:a", 6, Minute, Stop);
            lease.Allowed.ShouldBeTrue();
            lease.Limit.ShouldBe(6);
            lease.Remaining.ShouldBe(5 - i);
            lease.RetryAfter.ShouldBe(TimeSpan.Zero);
        }

        var refused = await Limiter.AcquireAsync("user:a", 6, Minute, Stop);
        refused.Allowed.ShouldBeFalse();
        refused.Remaining.ShouldBe(0);
        refused.RetryAfter.ShouldBeInRange(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
        refused.ResetAfter.ShouldBeInRange(TimeSpan.FromSeconds(59), Minute);
    }

    [Fact]
    public async Task The_budget_comes_back_evenly()
    {
        await TakeAsync("user:a", 6);

        await AdvanceAsync(TimeSpan.FromSeconds(10));
        (await Limiter.AcquireAsync("user:a", 6, Minute, Stop)).Allowed.ShouldBeTrue();
        (await Limiter.AcquireAsync("user:a", 6, Minute, Stop)).Allowed.ShouldBeFalse();

        await AdvanceAsync(TimeSpan.FromSeconds(30));
        (await TakeAsync("user:a", 6)).ShouldBe(3);
    }

    [Fact]
    public async Task Whoever_waits_as_long_as_told_is_allowed()
    {
        await TakeAsync("user:a", 7);
        var refused = await Limiter.AcquireAsync("user:a", 7, Minute, Stop);

        await AdvanceAsync(refused.RetryAfter);

        (await Limiter.AcquireAsync("user:a", 7, Minute, Stop)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_is_saved_up_beyond_the_limit()
    {
        await TakeAsync("user:a", 3);
        await AdvanceAsync(TimeSpan.FromHours(5));

        (await TakeAsync("user:a", 10)).ShouldBe(10);
        (await Limiter.AcquireAsync("user:a", 10, Minute, Stop)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_do_not_meet()
    {
        await TakeAsync("user:a", 3);

        (await Limiter.AcquireAsync("user:b", 3, Minute, Stop)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_at_once_exactly_the_limit_is_allowed()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ =>
            Task.Run(async () => await Limiter.AcquireAsync("user:a", 100, TimeSpan.FromHours(100), Stop), Stop)));

        leases.Count(static lease => lease.Allowed).ShouldBe(100);
        leases.Where(static lease => lease.Allowed).Select(static lease => lease.Remaining).Distinct().Count().ShouldBe(100);
    }

    /// <summary>The adapter, with nothing in it.</summary>
    protected abstract ValueTask<IRateLimiter> StartAsync();

    /// <summary>Lets time pass.</summary>
    protected abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();

    private async Task<int> TakeAsync(string key, int limit)
    {
        var taken = 0;
        while (taken < limit && (await Limiter.AcquireAsync(key, limit, Minute, Stop)).Allowed)
        {
            taken++;
        }

        return taken;
    }
}
