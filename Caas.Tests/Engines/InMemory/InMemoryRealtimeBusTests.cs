using Caas.Domain.Events;
using Caas.Engines.InMemory;
using Caas.Tests.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Engines.InMemory;

public sealed class InMemoryRealtimeBusTests : RealtimeBusContract
{
    private readonly FakeTimeProvider _clock = new();

    protected override int SignalsThatAreTooMany => 100;

    [Fact]
    public async Task The_next_signal_shows_the_hole_without_a_heartbeat()
    {
        var receiver = new Receiver { Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        await using var subscription = await Bus.SubscribeAsync(receiver, Stop);
        for (var version = 1; version <= 100; version++)
        {
            await Bus.PublishAsync(Signal(1, version), Stop);
            await receiver.Entered.Task.WaitAsync(Stop);
        }

        receiver.Hold.SetResult();
        (await receiver.TakeAsync(65, Stop)).Select(static signal => signal.Version ?? 0).ShouldBe(Enumerable.Range(1, 65).Select(static i => (long)i));
        receiver.Gaps.ShouldBeEmpty();
        await Bus.PublishAsync(Signal(1, 101), Stop);

        (await receiver.TakeAsync(1, Stop)).Single().Version.ShouldBe(101);
        receiver.Gaps.Count.ShouldBe(1);
    }

    protected override ValueTask<IRealtimeBus> StartAsync() => ValueTask.FromResult<IRealtimeBus>(new InMemoryRealtimeBus(
        _clock, new InMemoryOptions { BusQueueCapacity = 64 }, NullLogger<InMemoryRealtimeBus>.Instance));

    protected override ValueTask PassHeartbeatAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return ValueTask.CompletedTask;
    }

    protected override ValueTask StopAsync() => ValueTask.CompletedTask;
}
