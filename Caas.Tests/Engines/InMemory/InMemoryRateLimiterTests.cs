using Caas.Domain.Policies;
using Caas.Engines.InMemory;
using Caas.Tests.Contracts;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.InMemory;

public sealed class InMemoryRateLimiterTests : RateLimiterContract
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Keys_whose_budget_is_whole_again_are_forgotten_first()
    {
        var limiter = new InMemoryRateLimiter(_clock, new InMemoryOptions { MaxRateLimitKeys = 640 });
        for (var i = 0; i < 10_000; i++)
        {
            await limiter.AcquireAsync($"ip:{i}", 10, TimeSpan.FromSeconds(1), Stop);
            limiter.Count.ShouldBeLessThanOrEqualTo(640);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++)
        {
            await limiter.AcquireAsync("user:attacker", 3, TimeSpan.FromHours(1), Stop);
        }

        for (var i = 0; i < 2_000; i++)
        {
            await limiter.AcquireAsync($"ip:again-{i}", 1_000, TimeSpan.FromSeconds(1), Stop);
        }

        (await limiter.AcquireAsync("user:attacker", 3, TimeSpan.FromHours(1), Stop)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public Task It_lets_through_what_the_model_lets_through() => Gen.Select(
        Gen.Int[1, 20], Gen.Int[1, 3_000], Gen.Int[0, 400].Array[1, 60]).SampleAsync(
        static async (limit, milliseconds, waits) =>
        {
            var clock = new FakeTimeProvider();
            var limiter = new InMemoryRateLimiter(clock, new InMemoryOptions());
            var period = TimeSpan.FromMilliseconds(milliseconds);

            // The model: a bucket of limit x interval that leaks one tick a tick.
            var interval = period.Ticks / limit;
            var level = 0L;
            foreach (var wait in waits)
            {
                var passed = TimeSpan.FromMilliseconds(wait);
                clock.Advance(passed);
                level = Math.Max(0, level - passed.Ticks);
                var allowed = level + interval <= interval * limit;
                level += allowed ? interval : 0;

                (await limiter.AcquireAsync("k", limit, period, Stop)).Allowed.ShouldBe(allowed);
            }
        },
        iter: 500,
        threads: 1);

    protected override ValueTask<IRateLimiter> StartAsync() =>
        ValueTask.FromResult<IRateLimiter>(new InMemoryRateLimiter(_clock, new InMemoryOptions()));

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask StopAsync() => ValueTask.CompletedTask;
}
