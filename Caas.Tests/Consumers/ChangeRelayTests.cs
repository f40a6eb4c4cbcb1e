using Caas.Consumers.Relay;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Tests.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caas.Tests.Consumers;

public sealed class ChangeRelayTests
{
    [Fact]
    public void A_stream_that_is_away_for_a_while_loses_nothing_and_keeps_the_order()
    {
        using var harness = new ConsumerHarness(partitions: 1);
        using var stop = new CancellationTokenSource();
        var changes = Enumerable.Range(1, 20).Select(Change).ToList();
        var outbox = new MemoryOutbox(changes);
        var away = true;
        harness.Stream.Refuses = _ => away;
        var relay = new ChangeRelay(
            outbox, harness.Stream, harness.Events, harness.Metrics, harness.Loop.Clock, NullLogger<ChangeRelay>.Instance);
        var running = harness.Loop.Start(() => relay.RunAsync(stop.Token));
        harness.Loop.Advance(TimeSpan.FromMinutes(1));
        harness.Stream.All(Topics.Events).ShouldBeEmpty();

        away = false;
        harness.Loop.Until(() => outbox.IsEmpty, TimeSpan.FromSeconds(10));

        var versions = harness.Stream.All(Topics.Events).Select(record => record.TraceParent).ToList();
        versions.ShouldBe(changes.Select(change => change.TraceParent));
        harness.Loop.Do(stop.Cancel);
        running.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private static Change Change(int version)
    {
        var occurred = EventGenerator.One() with { Version = version };
        return new Change(
            occurred.ClientId, occurred.ConversationId, version, occurred.Type, EventJson.Write(occurred), $"00-{version}-01");
    }

    private sealed class MemoryOutbox(IReadOnlyList<Change> changes) : IOutbox
    {
        private int _position;

        public int Shards => 1;

        public bool IsEmpty => _position == changes.Count;

        public async ValueTask<OutboxBatch> ReadAsync(int shard, int limit, CancellationToken cancellationToken)
        {
            if (IsEmpty)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            var batch = changes.Skip(_position).Take(Math.Min(limit, 3)).ToList();
            return new OutboxBatch("s", _position + batch.Count, batch);
        }

        public ValueTask ConfirmAsync(OutboxBatch batch, CancellationToken cancellationToken)
        {
            _position = (int)batch.Position;
            return ValueTask.CompletedTask;
        }

        public ValueTask<long> CountPendingAsync(ClientId clientId, CancellationToken cancellationToken) =>
            ValueTask.FromResult((long)(changes.Count - _position));

        public ValueTask<OutboxBacklog> ReadBacklogAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new OutboxBacklog(changes.Count - _position, TimeSpan.Zero));
    }
}
