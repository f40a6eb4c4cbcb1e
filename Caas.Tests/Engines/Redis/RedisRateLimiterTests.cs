using Caas.Domain.Policies;
using Caas.Engines.InMemory;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.Redis;

public sealed class RedisRateLimiterTests(RedisServers servers) : RedisRateLimiterContract(servers.SingleAsync);

public sealed class RedisClusterRateLimiterTests(RedisServers servers) : RedisRateLimiterContract(servers.ClusterAsync);

/// <summary>The port's promises, and what is particular to Redis, wherever it runs.</summary>
public abstract class RedisRateLimiterContract(Func<Task<string>> connectionString) : RateLimiterContract
{
    private RedisRig _rig = null!;

    [Fact]
    public async Task Two_nodes_count_together()
    {
        await using var other = await RedisRig.ConnectAsync(
            await connectionString(), options => options.Prefix = _rig.Options.Prefix);
        using var second = other.Limiter();

        (await Limiter.AcquireAsync("user:a", 2, TimeSpan.FromHours(1), Stop)).Remaining.ShouldBe(1);
        (await second.AcquireAsync("user:a", 2, TimeSpan.FromHours(1), Stop)).Remaining.ShouldBe(0);
        (await Limiter.AcquireAsync("user:a", 2, TimeSpan.FromHours(1), Stop)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_budget_that_is_whole_again_leaves_nothing_behind()
    {
        await Limiter.AcquireAsync("user:a", 10, TimeSpan.FromMinutes(1), Stop);
        var lasts = await _rig.Database.KeyTimeToLiveAsync(_rig.Keys.RateLimit("user:a"));

        lasts.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6.1));
    }

    [Fact]
    public async Task A_period_longer_than_numbers_are_exact_still_limits()
    {
        (await Limiter.AcquireAsync("user:a", 1, TimeSpan.MaxValue, Stop)).Allowed.ShouldBeTrue();
        (await Limiter.AcquireAsync("user:a", 1, TimeSpan.MaxValue, Stop)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task It_answers_as_the_embedded_one_does()
    {
        // Whole hours, so that the time a test takes decides nothing.
        var clock = new FakeTimeProvider();
        var embedded = new InMemoryRateLimiter(clock, new InMemoryOptions());
        foreach (var wait in Enumerable.Range(0, 30).Select(static i => i * 5 % 8))
        {
            var passed = TimeSpan.FromHours(wait) + TimeSpan.FromMinutes(1);
            clock.Advance(passed);
            await _rig.PassAsync(passed);

            var expected = await embedded.AcquireAsync("user:a", 5, TimeSpan.FromHours(10), Stop);
            var lease = await Limiter.AcquireAsync("user:a", 5, TimeSpan.FromHours(10), Stop);

            (lease.Allowed, lease.Limit, lease.Remaining).ShouldBe((expected.Allowed, expected.Limit, expected.Remaining));
            (expected.RetryAfter - lease.RetryAfter).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
            (expected.ResetAfter - lease.ResetAfter).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }
    }

    protected override async ValueTask<IRateLimiter> StartAsync()
    {
        _rig = await RedisRig.ConnectAsync(await connectionString());
        return _rig.Limiter();
    }

    protected override async ValueTask AdvanceAsync(TimeSpan time) => await _rig.PassAsync(time);

    protected override async ValueTask StopAsync()
    {
        ((IDisposable)Limiter).Dispose();
        await _rig.DisposeAsync();
    }
}
