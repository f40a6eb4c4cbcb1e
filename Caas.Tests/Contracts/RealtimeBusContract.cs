using System.Collections.Concurrent;
using System.Threading.Channels;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Tests.Contracts;

/// <summary>What every <see cref="IRealtimeBus"/> promises.</summary>
public abstract class RealtimeBusContract : IAsyncLifetime
{
    protected IRealtimeBus Bus { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Bus = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_receiver_gets_every_signal_in_the_order_of_its_conversation()
    {
        var first = new Receiver();
        var second = new Receiver();
        await using var one = await Bus.SubscribeAsync(first, Stop);
        await using var two = await Bus.SubscribeAsync(second, Stop);

        for (var version = 1; version <= 50; version++)
        {
            await Bus.PublishAsync(Signal(conversation: version % 5, version), Stop);
        }

        foreach (var receiver in new[] { first, second })
        {
            var got = await receiver.TakeAsync(50, Stop);
            foreach (var conversation in got.GroupBy(static signal => signal.ConversationId))
            {
                conversation.Select(static signal => signal.Version).ShouldBeInOrder();
            }

            receiver.Gaps.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_signal_arrives_as_it_was_sent()
    {
        var receiver = new Receiver();
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        var sent = Signal(1, 7) with { UserId = UserId.Parse("alice"), TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };

        await Bus.PublishAsync(sent, Stop);

        var got = (await receiver.TakeAsync(1, Stop)).Single();
        got.Body.ToArray().ShouldBe(sent.Body.ToArray());
        (got with { Body = default }).ShouldBe(sent with { Body = default });
    }

    [Fact]
    public async Task Whoever_has_left_gets_nothing_more()
    {
        var gone = new Receiver();
        var stays = new Receiver();
        var subscription = await Bus.SubscribeAsync(gone, Stop);
        await using var other = await Bus.SubscribeAsync(stays, Stop);
        await subscription.DisposeAsync();

        await Bus.PublishAsync(Signal(1, 1), Stop);

        await stays.TakeAsync(1, Stop);
        gone.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_receiver_that_cannot_follow_is_told_of_a_gap_and_holds_up_nobody()
    {
        var slow = new Receiver { Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        var fast = new Receiver();
        await using var one = await Bus.SubscribeAsync(slow, Stop);
        await using var two = await Bus.SubscribeAsync(fast, Stop);
        await Bus.PublishAsync(Signal(1, 1), Stop);
        await slow.Entered.Task.WaitAsync(Stop);

        for (var version = 2; version <= SignalsThatAreTooMany; version++)
        {
            await Bus.PublishAsync(Signal(1, version), Stop);
            (await fast.TakeAsync(1, Stop)).Single().Version.ShouldBe(version - 1);
        }

        slow.Hold.SetResult();
        await PassHeartbeatAsync();
        var (shard, shards) = await slow.TakeGapAsync(Stop);

        shard.ShouldBe(RealtimeShard.Of(Signal(1, 1), shards));
        fast.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_throws_is_told_of_a_gap_and_goes_on()
    {
        var receiver = new Receiver { Throws = 1 };
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);

        await Bus.PublishAsync(Signal(1, 1), Stop);
        await receiver.TakeGapAsync(Stop);
        await Bus.PublishAsync(Signal(1, 2), Stop);

        (await receiver.TakeAsync(1, Stop)).Single().Version.ShouldBe(2);
    }

    /// <summary>More signals than the adapter queues for one receiver.</summary>
    protected abstract int SignalsThatAreTooMany { get; }

    /// <summary>The adapter.</summary>
    protected abstract ValueTask<IRealtimeBus> StartAsync();

    /// <summary>Lets the time of a heartbeat pass.</summary>
    protected abstract ValueTask PassHeartbeatAsync();

    /// <summary>The end.</summary>
    protected abstract ValueTask StopAsync();

    protected static RealtimeSignal Signal(int conversation, long version) => new(
        new ClientId(Of(1)),
        new ConversationId(Of(conversation)),
        UserId: null,
        version,
        EventTypes.MessageSent,
        new byte[] { (byte)version },
        TraceParent: null);

    private static Guid Of(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Collects what it gets.</summary>
    protected sealed class Receiver : IRealtimeReceiver
    {
        private readonly Channel<RealtimeSignal> _signals = Channel.CreateUnbounded<RealtimeSignal>();
        private readonly Channel<(int Shard, int Shards)> _gaps = Channel.CreateUnbounded<(int, int)>();
        private int _throws;

        public TaskCompletionSource? Hold { get; init; }

        public int Throws
        {
            init => _throws = value;
        }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<int> Gaps { get; } = new();

        public int Count => _signals.Reader.Count;

        public async ValueTask ReceiveAsync(RealtimeSignal signal, CancellationToken cancellationToken)
        {
            Entered.TrySetResult();
            if (Hold is { } hold)
            {
                await hold.Task.WaitAsync(cancellationToken);
            }

            if (_throws-- > 0)
            {
                throw new InvalidOperationException("The receiver failed.");
            }

            _signals.Writer.TryWrite(signal);
        }

        public ValueTask GapAsync(int shard, int shards, CancellationToken cancellationToken)
        {
            Gaps.Enqueue(shard);
            _gaps.Writer.TryWrite((shard, shards));
            return ValueTask.CompletedTask;
        }

        public async Task<List<RealtimeSignal>> TakeAsync(int count, CancellationToken cancellationToken)
        {
            var signals = new List<RealtimeSignal>();
            while (signals.Count < count)
            {
                signals.Add(await _signals.Reader.ReadAsync(cancellationToken));
            }

            return signals;
        }

        public ValueTask<(int Shard, int Shards)> TakeGapAsync(CancellationToken cancellationToken) =>
            _gaps.Reader.ReadAsync(cancellationToken);
    }
}
