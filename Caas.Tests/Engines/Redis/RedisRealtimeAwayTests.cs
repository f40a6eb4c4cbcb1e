using System.Collections.Concurrent;
using System.Diagnostics;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Engines.Redis;
using Caas.Tests.Support;

namespace Caas.Tests.Engines.Redis;

/// <summary>
/// P10 in its small form, the realtime bus: a Redis that stands still, or is gone and comes back empty. Nothing hangs for longer than
/// its time-out, and everything comes back by itself.
/// </summary>
public sealed class RedisRealtimeAwayTests
{
    private static readonly TimeSpan MostUntilTold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ClientId Client = new(new Guid("018f3c00-0000-7000-8000-000000000001"));

    private static CancellationToken Ct => SocketIOHost.Ct;

    [Theory]
    [InlineData(Fault.Frozen)]
    [InlineData(Fault.Killed)]
    public async Task Receivers_are_told_to_read_the_store_until_the_bus_is_heard_again(Fault fault)
    {
        var log = new EventLog();
        await using var server = await RedisServer.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(server, log);
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);
        await bus.PublishAsync(Signal(1), Ct);
        await Poll.UntilAsync(() => ValueTask.FromResult(receiver.Signals.Contains(1)), "the first signal arrives");
        receiver.Gaps.ShouldBeEmpty();

        await RedisFaults.BeginAsync(server, fault);
        var began = Stopwatch.GetTimestamp();
        await DropsAtOnceAsync(bus);
        await AllToldAsync(rig, receiver, since: began, times: 1);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(MostUntilTold);
        await AllToldAsync(rig, receiver, since: began, times: 2);
        bus.IsConnected.ShouldBeFalse();
        await RedisFaults.EndAsync(server, fault);
        var ended = Stopwatch.GetTimestamp();

        var version = 1000;
        await RedisFaults.BackAsync(async () =>
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

        await RedisFaults.BackAsync(() => ValueTask.FromResult(bus.IsConnected));
        log.Numbers.Order().ShouldBe([7001, 7002, 7012, 7013]);
    }

    [Fact]
    public async Task A_lost_connection_alone_is_a_gap_of_every_shard_once_it_is_heard_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(server.Address + ",allowAdmin=true");
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);

        // Their subscriptions, and nothing else.
        await rig.Database.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await AllToldAsync(rig, receiver, since: 0, times: 1);

        await bus.PublishAsync(Signal(1), Ct);
        await Poll.UntilAsync(() => ValueTask.FromResult(!receiver.Signals.IsEmpty), "signals arrive again");
    }

    [Fact]
    public async Task A_cluster_that_lost_a_node_is_away_until_the_node_is_back()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var rig = await RedisFaults.ConnectAsync(cluster.ConnectionString);
        using var limiter = rig.Limiter();
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);

        await cluster.Servers[1].KillAsync();
        await AllToldAsync(rig, receiver, since: 0, times: 1);

        // The nodes that live answer for their own slots until they know that one is gone.
        await Poll.UntilAsync(
            async () =>
            {
                await limiter.AcquireAsync("user:c", 1_000_000, Hour, Ct);
                return !limiter.IsShared;
            },
            "the limits are this node's own");
        await RedisFaults.LimitsForItselfAsync(limiter);
        await cluster.Servers[1].RestartAsync();

        var version = 0;
        await Poll.UntilAsync(
            async () =>
            {
                await bus.PublishAsync(Signal(++version), Ct);
                await limiter.AcquireAsync("user:b", 1_000_000, Hour, Ct);
                return limiter.IsShared && bus.IsConnected && !receiver.Signals.IsEmpty;
            },
            "the cluster is whole again");
    }

    [Fact]
    public async Task A_node_that_starts_while_redis_is_away_subscribes_when_it_comes()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var rig = await RedisFaults.ConnectAsync(server);
        var bus = rig.Bus();
        var receiver = new TimedReceiver();
        var began = Stopwatch.GetTimestamp();
        await using var subscription = await bus.SubscribeAsync(receiver, Ct);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(RedisFaults.Timeout + RedisFaults.Slack);
        await AllToldAsync(rig, receiver, since: began, times: 1);

        await server.RestartAsync();

        var version = 0;
        await RedisFaults.BackAsync(async () =>
        {
            await bus.PublishAsync(Signal(++version), Ct);
            return !receiver.Signals.IsEmpty;
        });
    }

    private static async Task DropsAtOnceAsync(RedisRealtimeBus bus)
    {
        var began = Stopwatch.GetTimestamp();
        for (var version = 2; version < 52; version++)
        {
            await bus.PublishAsync(Signal(version), Ct);
        }

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan((3 * RedisFaults.Timeout) + RedisFaults.Slack);
    }

    private static Task AllToldAsync(RedisRig rig, TimedReceiver receiver, long since, int times) => Poll.UntilAsync(
        () => ValueTask.FromResult(Enumerable.Range(0, rig.Options.BusShards).All(shard =>
            receiver.Gaps.Count(gap => gap.Shard == shard && gap.At >= since) >= times)),
        $"every shard is told {times} times");

    private static int ShardOf(RedisRig rig) => RealtimeShard.Of(Signal(1), rig.Options.BusShards);

    private static RealtimeSignal Signal(long version) => new(
        Client,
        new ConversationId(new Guid("018f3c00-0000-7000-8000-000000000003")),
        UserId: null,
        version,
        EventTypes.MessageSent,
        "{}"u8.ToArray(),
        TraceParent: null);

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
}
