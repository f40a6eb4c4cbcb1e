using Caas.Consumers.DeadLetters;
using Caas.Consumers.Notifications;
using Caas.Consumers.Relay;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Tests.Contracts;
using Caas.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Caas.Tests.Consumers;

public sealed class ConsumerMetricsTests : IDisposable
{
    private readonly ConsumerHarness _harness = new();
    private readonly MeterReadings _readings;

    public ConsumerMetricsTests() => _readings = new MeterReadings(_harness.Meters);

    public void Dispose()
    {
        _readings.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public void A_record_that_is_given_up_is_counted_and_waits_for_the_operator()
    {
        var handler = new ScriptedHandler(_ => throw new FormatException());
        using var watch = new DeadLetterWatch(
            _harness.Store, _harness.Metrics, _harness.Loop.Clock, NullLogger<DeadLetterWatch>.Instance);
        _harness.Run(handler);
        _harness.RunDeadLetters(handler);
        _harness.Put(0, "poison");
        _harness.Loop.Advance(TimeSpan.FromMinutes(5));

        Look(watch);

        _readings.Of("caas.consumers.retried", "group=g").Count.ShouldBe(4);
        _readings.Of("caas.consumers.dead_letters", "group=g").ShouldBe([1]);
        _readings.Now("caas.dead_letters.waiting").ShouldBe(1);
    }

    [Fact]
    public void A_batch_that_the_stream_does_not_take_is_counted()
    {
        using var stop = new CancellationTokenSource();
        _harness.Stream.Refuses = static _ => true;
        var relay = new ChangeRelay(
            new EndlessOutbox(), _harness.Stream, _harness.Events, _harness.Metrics, _harness.Loop.Clock, NullLogger<ChangeRelay>.Instance);
        var running = _harness.Loop.Start(() => relay.RunAsync(stop.Token));

        _harness.Loop.Advance(TimeSpan.FromSeconds(1));

        _readings.Of("caas.relay.failures", "shard=0").Count.ShouldBeGreaterThan(2);
        _harness.Loop.Do(stop.Cancel);
        running.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void What_the_disk_takes_and_how_far_groups_are_behind_is_shown()
    {
        var place = new FullPlace();
        var reader = new QuotaReader(place, place, [place], _harness.Metrics, Options.Create(new NotificationsOptions()));

        _harness.Loop.Start(async () =>
        {
            await foreach (var reading in reader.ReadAsync(CancellationToken.None))
            {
                reading.Failure.ShouldBeNull();
            }
        }).IsCompletedSuccessfully.ShouldBeTrue();

        _readings.Now("caas.storage.free").ShouldBe(1000);
        _readings.Now("caas.storage.stream").ShouldBe(2000);
        _readings.Now("caas.outbox.changes").ShouldBe(7);
        _readings.Now("caas.outbox.waiting").ShouldBe(90);
        _readings.Now("caas.consumers.lag", "topic=t", "partition=2", "group=g").ShouldBe(5);
    }

    private void Look(DeadLetterWatch watch) =>
        _harness.Loop.Start(() => watch.LookAsync(CancellationToken.None)).IsCompletedSuccessfully.ShouldBeTrue();

    private sealed class EndlessOutbox : IOutbox
    {
        public int Shards => 1;

        public ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken)
        {
            var occurred = EventGenerator.One() with { Version = 1 };
            var change = new Change(
                occurred.ClientId, occurred.ConversationId, 1, occurred.Type, EventJson.Write(occurred), TraceParent: null);
            return ValueTask.FromResult(new OutboxBatch("s", 1, [change]));
        }

        public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken) => ValueTask.FromResult(1L);

        public ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new OutboxBacklog(1, TimeSpan.Zero));
    }

    private sealed class FullPlace : IStreamStatus, IOutbox, IStorageStatus
    {
        public int Shards => 1;

        public ValueTask<IReadOnlyList<GroupLag>> ReadLagAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<GroupLag>>([new GroupLag("t", 2, "g", 10, 15)]);

        public ValueTask<StorageSpace> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new StorageSpace(1000, 2000));

        public ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new OutboxBacklog(7, TimeSpan.FromSeconds(90)));
    }
}
