using Caas.Domain.Events;
using Caas.Engines.Redis;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Caas.Tests.Engines.Redis;

public sealed class RedisRealtimeBusTests(RedisServers servers) : RedisRealtimeBusContract(servers.SingleAsync);

public sealed class RedisClusterRealtimeBusTests(RedisServers servers) : RedisRealtimeBusContract(servers.ClusterAsync);

/// <summary>The port's promises, and what is particular to Redis, wherever it runs.</summary>
public abstract class RedisRealtimeBusContract(Func<Task<string>> connectionString) : RealtimeBusContract
{
    private readonly List<RedisRig> _rigs = [];

    protected override int SignalsThatAreTooMany => 100;

    private RedisRig Rig => _rigs[0];

    [Fact]
    public async Task Two_nodes_get_what_either_sends_in_order_and_nothing_is_missing()
    {
        const int Each = 400;
        IRealtimeBus[] nodes = [Bus, await JoinAsync()];
        var receivers = nodes.Select(_ => new Receiver()).ToArray();
        await using var one = await nodes[0].SubscribeAsync(receivers[0], Stop);
        await using var two = await nodes[1].SubscribeAsync(receivers[1], Stop);

        // Each node has conversations of its own, since only one sender's signals of a conversation have an order.
        await Task.WhenAll(nodes.Select((node, i) => Task.Run(
            async () =>
            {
                for (var version = 1; version <= Each; version++)
                {
                    await node.PublishAsync(Signal((100 * i) + (version % 10), version), Stop);
                }
            },
            Stop)));

        foreach (var receiver in receivers)
        {
            var got = await receiver.TakeAsync(nodes.Length * Each, Stop);
            got.Select(static signal => (signal.ConversationId, signal.Version)).Distinct().Count().ShouldBe(nodes.Length * Each);
            foreach (var conversation in got.GroupBy(static signal => signal.ConversationId))
            {
                conversation.Select(static signal => signal.Version).ShouldBeInOrder();
            }

            receiver.Gaps.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_node_that_divides_the_bus_otherwise_is_not_healthy_until_the_others_are_gone()
    {
        var first = (RedisRealtimeBus)Bus;
        (await first.FindOtherShardsAsync(Stop)).ShouldBe(0);

        // It started while Redis was away, so that nothing kept it from starting.
        var second = await JoinAsync(options => options.BusShards++);
        await Poll.UntilAsync(() => ValueTask.FromResult(!second.IsAgreed), "the second node sees the number of the first");
        (await new RedisRealtimeHealth(second).CheckHealthAsync(new HealthCheckContext(), Stop)).Status.ShouldBe(HealthStatus.Unhealthy);
        first.IsAgreed.ShouldBeTrue();

        await first.DisposeAsync();
        await Rig.Database.KeyDeleteAsync(Rig.Keys.BusShards);
        await Poll.UntilAsync(() => ValueTask.FromResult(second.IsAgreed), "its number counts");
        (await second.FindOtherShardsAsync(Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_node_could_not_send_the_others_are_told_of_as_soon_as_it_can_send_again()
    {
        var receiver = new Receiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        var sender = await JoinAsync();
        await Bus.PublishAsync(Signal(1, 1), Stop);
        await receiver.TakeAsync(1, Stop);

        // From here on nothing is answered in time, so the sender does not know what became of its signal.
        _rigs[1].Options.Timeout = TimeSpan.Zero;
        await sender.PublishAsync(Signal(1, 2), Stop);
        receiver.Gaps.ShouldBeEmpty();
        _rigs[1].Options.Timeout = SocketIOHost.Patience;

        var (shard, shards) = await receiver.TakeGapAsync(Stop);
        shard.ShouldBe(RealtimeShard.Of(Signal(1, 1), shards));
    }

    [Fact]
    public async Task A_signal_that_got_lost_at_the_end_is_seen_with_the_heartbeat()
    {
        var receiver = new Receiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        await Bus.PublishAsync(Signal(1, 1), Stop);
        await receiver.TakeAsync(1, Stop);

        await Rig.Database.StringIncrementAsync(Rig.Keys.BusCounter(ShardOfOne));

        (await receiver.TakeGapAsync(Stop)).Shard.ShouldBe(ShardOfOne);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_counter_that_went_back_or_was_lost_is_a_gap_and_what_comes_then_arrives(bool isLost)
    {
        var receiver = new Receiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        await Bus.PublishAsync(Signal(1, 1), Stop);
        await receiver.TakeAsync(1, Stop);

        var counter = Rig.Keys.BusCounter(ShardOfOne);
        await (isLost ? (Task)Rig.Database.KeyDeleteAsync(counter) : Rig.Database.StringDecrementAsync(counter, 5));
        await Bus.PublishAsync(Signal(1, 2), Stop);

        (await receiver.TakeGapAsync(Stop)).Shard.ShouldBe(ShardOfOne);
        (await receiver.TakeAsync(1, Stop)).Single().Version.ShouldBe(2);
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_harm_nothing()
    {
        var receiver = new Receiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        var channel = RedisChannel.Sharded(Rig.Keys.BusChannel(ShardOfOne));
        byte[][] garbage = [[], [0], [1], [2, 0], [1, 0, 0, 0, 0, 0, 0, 0, 5], [2, 255, 255, 255, 255, 255, 255, 255, 255], new byte[70_000]];
        foreach (var bytes in garbage)
        {
            await Rig.Redis.GetSubscriber().PublishAsync(channel, bytes);
        }

        await Bus.PublishAsync(Signal(1, 1), Stop);

        (await receiver.TakeAsync(1, Stop)).Single().Version.ShouldBe(1);
        receiver.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_fails_its_gap_is_told_again()
    {
        var receiver = new FailingReceiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);

        await Bus.PublishAsync(Signal(1, 1), Stop);

        (await receiver.Told.Task.WaitAsync(SocketIOHost.Patience, Stop)).ShouldBe(ShardOfOne);
    }

    protected override async ValueTask<IRealtimeBus> StartAsync() => await JoinAsync();

    // The nodes say their numbers by themselves.
    protected override ValueTask PassHeartbeatAsync() => ValueTask.CompletedTask;

    protected override async ValueTask StopAsync()
    {
        foreach (var rig in _rigs)
        {
            await rig.DisposeAsync();
        }
    }

    private int ShardOfOne => RealtimeShard.Of(Signal(1, 1), Rig.Options.BusShards);

    private async Task<RedisRealtimeBus> JoinAsync(Action<RedisOptions>? configure = null)
    {
        var rig = await RedisRig.ConnectAsync(await connectionString(), options =>
        {
            options.BusQueueCapacity = 64;
            options.ProbeInterval = TimeSpan.FromMilliseconds(50);
            options.Prefix = _rigs.Count == 0 ? options.Prefix : Rig.Options.Prefix;
            configure?.Invoke(options);
        });
        _rigs.Add(rig);
        return rig.Bus();
    }

    // Fails with the signal, and with the first two gaps that follow.
    private sealed class FailingReceiver : IRealtimeReceiver
    {
        private int _failures = 2;

        public TaskCompletionSource<int> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The receiver failed.");

        public ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken)
        {
            if (_failures-- > 0)
            {
                throw new InvalidOperationException("The store cannot be read.");
            }

            Told.TrySetResult(shard);
            return ValueTask.CompletedTask;
        }
    }
}
