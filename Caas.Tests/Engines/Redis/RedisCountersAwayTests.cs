using Caas.Domain.Policies;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

/// <summary>
/// P10 in its small form, the limits: a Redis that stands still, or is gone and comes back empty. Nothing hangs for longer than
/// its time-out, and everything comes back by itself.
/// </summary>
public sealed class RedisCountersAwayTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Ct => SocketIOHost.Ct;

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Each_node_limits_for_itself_until_the_counters_are_shared_again(Fault fault)
    {
        var log = new EventLog();
        await using var server = await RedisServer.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(server, log);
        using var limiter = rig.Limiter();
        (await limiter.AcquireAsync("user:shared", 100, Hour, Ct)).Remaining.ShouldBe(99);

        await RedisFaults.BeginAsync(server, fault);
        await RedisFaults.LimitsForItselfAsync(limiter);
        limiter.IsShared.ShouldBeFalse();
        rig.Availability("counters").ShouldBe(0);
        await RedisFaults.EndAsync(server, fault);

        await RedisFaults.BackAsync(() => ValueTask.FromResult(limiter.IsShared));
        rig.Availability("counters").ShouldBe(1);
        log.Numbers.ShouldBe([7001, 7002]);
        (await limiter.AcquireAsync("user:again", 100, Hour, Ct)).Remaining.ShouldBe(99);
        (await rig.Database.KeyExistsAsync(rig.Keys.RateLimit("user:again"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_limiter_of_its_own_a_node_would_be_open()
    {
        await using var server = await RedisServer.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(server);
        using var open = rig.Limiter(new OpenLimiter());
        await RedisFaults.BeginAsync(server, Fault.Frozen);

        (await Record.ExceptionAsync(() => RedisFaults.LimitsForItselfAsync(open))).ShouldBeOfType<ShouldAssertException>();
    }

    private sealed class OpenLimiter : IRateLimiter
    {
        public ValueTask<RateLimitLease> AcquireAsync(string key, int limit, TimeSpan period, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new RateLimitLease(Allowed: true, limit, limit, TimeSpan.Zero, TimeSpan.Zero));
    }
}
