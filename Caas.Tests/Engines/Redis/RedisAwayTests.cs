using System.Collections.Concurrent;
using System.Diagnostics;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Presence;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

/// <summary>
/// P10 in its small form: a Redis that stands still, or is gone and comes back empty. Nothing hangs for longer than its
/// time-out, and everything comes back by itself.
/// </summary>
public sealed class RedisAwayTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    // What a busy machine may add to a time-out.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostUntilTold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostUntilBack = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ClientId Client = new(new Guid("018f3c00-0000-7000-8000-000000000001"));

    private static CancellationToken Ct => SocketIOHost.Ct;

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Each_node_limits_for_itself_until_the_counters_are_shared_again(Fault fault)
    {
        var log = new EventLog();
        await using var server = await RedisServer.StartAsync();
        await using var rig = await ConnectAsync(server, log);
        using var limiter = rig.Limiter();
        (await limiter.AcquireAsync("user:shared", 100, Hour, Ct)).Remaining.ShouldBe(99);

        await BeginAsync(server, fault);
        await LimitsForItselfAsync(limiter);
        limiter.IsShared.ShouldBeFalse();
        await EndAsync(server, fault);

        await BackAsync(() => ValueTask.FromResult(limiter.IsShared));
        log.Numbers.ShouldBe([7001, 7002]);
        (await limiter.AcquireAsync("user:again", 100, Hour, Ct)).Remaining.ShouldBe(99);
        (await rig.Database.KeyExistsAsync(rig.Keys.RateLimit("user:again"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_limiter_of_its_own_a_node_would_be_open()
    {
        await using var server = await RedisServer.StartAsync();
        await using var rig = await ConnectAsync(server);
        using var open = rig.Limiter(new OpenLimiter());
        await BeginAsync(server, Fault.Frozen);

        (await Record.ExceptionAsync(() => LimitsForItselfAsync(open))).ShouldBeOfType<ShouldAssertException>();
    }

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Receivers_are_told_to_read_the_store_until_the_bus_is_heard_again(Fault fault)
    {
        var log = new EventLog();
        await using var server = await RedisServer.StartAsync();
        await using var rig = await ConnectAsync(server, log);
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);
        await bus.PublishAsync(Signal(1), Ct);
        await Poll.UntilAsync(() => ValueTask.FromResult(receiver.Signals.Contains(1)), "the first signal arrives");
        receiver.Gaps.ShouldBeEmpty();

        await BeginAsync(server, fault);
        var began = Stopwatch.GetTimestamp();
        await DropsAtOnceAsync(bus);
        await AllToldAsync(rig, receiver, since: began, times: 1);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(MostUntilTold);
        await AllToldAsync(rig, receiver, since: began, times: 2);
        bus.IsConnected.ShouldBeFalse();
        await EndAsync(server, fault);
        var ended = Stopwatch.GetTimestamp();

        var version = 1000;
        await BackAsync(async () =>
        {
            await bus.PublishAsync(Signal(++version), Ct);
            return receiver.Signals.Any(static got => got > 1000);
        });

        // What this node could not send is a hole; after a lost connection each shard is one.
        await Poll.UntilAsync(
            () => ValueTask.FromResult(receiver.Gaps.Any(gap => gap.At >= ended && gap.Shard == ShardOf(rig))), "the hole is told");
        if (fault == Fault.Killed)
        {
            await AllToldAsync(rig, receiver, since: ended, times: 1);
        }

        await BackAsync(() => ValueTask.FromResult(bus.IsConnected));
        log.Numbers.Order().ShouldBe([7001, 7002, 7012, 7013]);
    }

    [Fact]
    public async Task A_node_that_starts_while_redis_is_away_subscribes_when_it_comes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var rig = await ConnectAsync(server);
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        var began = Stopwatch.GetTimestamp();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Timeout + Slack);
        await AllToldAsync(rig, receiver, since: began, times: 1);

        await server.RestartAsync();

        var version = 0;
        await BackAsync(async () =>
        {
            await bus.PublishAsync(Signal(++version), Ct);
            return !receiver.Signals.IsEmpty;
        });
    }

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Presence_says_that_it_does_not_know_and_touches_bring_it_back(Fault fault)
    {
        var alice = UserId.Parse("alice");
        await using var server = await RedisServer.StartAsync();
        await using var rig = await ConnectAsync(server);
        using var presence = rig.Presence();
        await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct);

        await BeginAsync(server, fault);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            (await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct)).ShouldBeNull();
            await presence.RemoveAsync(Client, alice, "a2", Ct);
            (await presence.SweepAsync(Ct)).ShouldBeEmpty();
        }

        var refused = await Should.ThrowAsync<RefusedException>(async () => await presence.ReadAsync(Client, [alice], Ct));
        refused.Error.Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * Timeout) + Slack);
        await EndAsync(server, fault);

        await BackAsync(async () =>
        {
            await presence.TouchAsync(Client, alice, "a1", PresenceStatus.Online, Ct);
            return presence.IsKnown && (await presence.ReadAsync(Client, [alice], Ct)).Single().Status == PresenceStatus.Online;
        });
    }

    private static async Task<RedisRig> ConnectAsync(RedisServer server, EventLog? log = null) => await RedisRig.ConnectAsync(
        server.Address,
        static options =>
        {
            options.Timeout = Timeout;
            options.BusHeartbeat = TimeSpan.FromMilliseconds(500);
            options.BusSilence = TimeSpan.FromSeconds(3);
        },
        logger: log);

    private static async Task BeginAsync(RedisServer server, Fault fault) =>
        await (fault == Fault.Frozen ? server.FreezeAsync() : server.KillAsync());

    private static async Task EndAsync(RedisServer server, Fault fault) =>
        await (fault == Fault.Frozen ? server.ThawAsync() : server.RestartAsync());

    // The whole limit and no more, each answer in time, and the time-out is not paid again and again.
    private static async Task LimitsForItselfAsync(IRateLimiter limiter)
    {
        var began = Stopwatch.GetTimestamp();
        var allowed = 0;
        for (var i = 0; i < 50; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            allowed += (await limiter.AcquireAsync("user:a", 5, Hour, Ct)).Allowed ? 1 : 0;
            Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(Timeout + Slack);
        }

        allowed.ShouldBe(5);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * Timeout) + Slack);
    }

    private static async Task DropsAtOnceAsync(IRealtimeBus bus)
    {
        var began = Stopwatch.GetTimestamp();
        for (var version = 2; version < 52; version++)
        {
            await bus.PublishAsync(Signal(version), Ct);
        }

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * Timeout) + Slack);
    }

    private static Task AllToldAsync(RedisRig rig, TimedReceiver receiver, long since, int times) => Poll.UntilAsync(
        () => ValueTask.FromResult(Enumerable.Range(0, rig.Options.BusShards).All(shard =>
            receiver.Gaps.Count(gap => gap.Shard == shard && gap.At >= since) >= times)),
        $"every shard is told {times} times");

    private static int ShardOf(RedisRig rig) => RealtimeShard.Of(Signal(1), rig.Options.BusShards);

    private static async Task BackAsync(Func<ValueTask<bool>> isBack)
    {
        var began = Stopwatch.GetTimestamp();
        await Poll.UntilAsync(isBack, "it works over Redis again");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(MostUntilBack);
    }

    private static RealtimeSignal Signal(long version) => new(
        Client,
        new ConversationId(new Guid("018f3c00-0000-7000-8000-000000000003")),
        UserId: null,
        version,
        EventTypes.MessageSent,
        "{}"u8.ToArray(),
        TraceParent: null);

    public enum Fault
    {
        Frozen,
        Killed,
    }

    private sealed class TimedReceiver : IRealtimeReceiver
    {
        public ConcurrentQueue<long> Signals { get; } = new();

        public ConcurrentQueue<(int Shard, long At)> Gaps { get; } = new();

        public ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken)
        {
            Signals.Enqueue(signal.Version ?? 0);
            return ValueTask.CompletedTask;
        }

        public ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken)
        {
            Gaps.Enqueue((shard, Stopwatch.GetTimestamp()));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OpenLimiter : IRateLimiter
    {
        public ValueTask<RateLimitLease> AcquireAsync(string key, int limit, TimeSpan period, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new RateLimitLease(Allowed: true, limit, limit, TimeSpan.Zero, TimeSpan.Zero));
    }
}
