using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Messages;
using Caas.Engines.Mongo.Events;
using Caas.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Engines.Mongo;

/// <summary>Where the relay goes on, and which node relays.</summary>
public sealed class MongoRelayTests : DocumentsContract
{
    private readonly MongoUnderTest _engine;

    public MongoRelayTests()
        : this(new MongoUnderTest(static options => options.RelayShards = 1))
    {
    }

    private MongoRelayTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    private IOutbox Outbox => Port<IOutbox>();

    [Fact]
    public async Task A_relay_that_knows_its_place_looks_into_no_database()
    {
        var id = await Group(Ann);
        (await DrainAsync(Outbox, 2)).Count.ShouldBe(2);
        await SendElsewhereAsync(id, "meanwhile");

        _engine.Server.ForgetCommands();
        await ReopenAsync();

        (await DrainAsync(Outbox, 1)).Select(change => change.Version).ShouldBe([3]);
        _engine.Server.Commands.ShouldNotContain(command => command.Name == "listDatabases");
    }

    [Fact]
    public async Task A_relay_that_has_lost_its_place_looks_into_every_database_and_misses_nothing()
    {
        var id = await Group(Ann);
        (await DrainAsync(Outbox, 2)).Count.ShouldBe(2);
        await SendElsewhereAsync(id, "meanwhile");
        _engine.Server.ForgetHistory();

        _engine.Server.ForgetCommands();
        await ReopenAsync();

        (await DrainAsync(Outbox, 1)).Select(change => (change.ConversationId, change.Version)).ShouldBe([(id, 3)]);
        _engine.Server.Commands.ShouldContain(command => command.Name == "listDatabases");
        await Send(id, Ann, "after");
        (await DrainAsync(Outbox, 1)).Select(change => change.Version).ShouldBe([4]);
    }

    [Fact]
    public async Task What_another_node_commits_is_relayed_here()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var read = Outbox.ReadAsync(0, 10, Ct).AsTask();
        var id = NewId();

        await other.GetRequiredService<IConversationLog>().CommitAsync(
            Client, id, NewGroup(HistoryAccess.All, Ann), CommitConditions.None, Ct);

        (await read).Changes.ShouldAllBe(change => change.ConversationId == id);
    }

    [Fact]
    public async Task A_change_that_was_blanked_before_it_was_relayed_leaves_blank()
    {
        var id = await Group(Ann);
        await DrainAsync(Outbox, 2);
        var message = await Send(id, Ann, "secret");
        (await Outbox.ReadAsync(0, 10, Ct)).Changes.Count.ShouldBe(1);
        await Commit(id, new MessageDeletion(Origin, message.Id));

        var changes = await DrainAsync(Outbox, 2);

        changes.Select(change => EventJson.Read(change.Body.Span).Data.Message!.Text).ShouldBe([null, null]);
    }

    [Fact]
    public async Task Of_two_nodes_one_relays_and_the_other_takes_its_place_when_it_goes()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        await Group(Ann);
        await DrainAsync(Outbox, 2);
        var standby = other.GetRequiredService<IOutbox>();
        (await standby.ReadBacklogAsync(Ct)).ShouldBe(new OutboxBacklog(0, TimeSpan.Zero));
        var waiting = standby.ReadAsync(0, 10, Ct).AsTask();
        await Group(Ann, Bob);
        (await Outbox.ReadAsync(0, 1, Ct)).Changes.Count.ShouldBe(1);
        waiting.IsCompleted.ShouldBeFalse();

        await ((IDocumentEngine)_engine).CloseAsync();
        for (var second = 0; second < 55 && !waiting.IsCompleted; second++)
        {
            // The standby looks once a second, by the clock of the test.
            Clock.Advance(TimeSpan.FromSeconds(1));
            try
            {
                await waiting.WaitAsync(TimeSpan.FromMilliseconds(200), Ct);
            }
            catch (TimeoutException)
            {
                // Not yet.
            }
        }

        (await waiting).Changes.Select(change => change.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_holder_that_is_silent_is_replaced_and_then_saves_nothing()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var first = Port<RelayLease>();
        var second = other.GetRequiredService<RelayLease>();
        (await first.TryTakeAsync()).ShouldBeTrue();
        (await second.TryTakeAsync()).ShouldBeFalse();
        Clock.Advance(TimeSpan.FromSeconds(8));
        (await first.TrySaveAsync(static _ => { })).ShouldBeTrue();
        Clock.Advance(TimeSpan.FromSeconds(8));
        (await second.TryTakeAsync()).ShouldBeFalse();

        Clock.Advance(TimeSpan.FromSeconds(11));
        (await second.TryTakeAsync()).ShouldBeTrue();

        (await first.TrySaveAsync(static _ => { })).ShouldBeFalse();
        (await first.TryTakeAsync()).ShouldBeFalse();
        (await second.TrySaveAsync(static _ => { })).ShouldBeTrue();
        await second.ReleaseAsync();
        (await first.TryTakeAsync()).ShouldBeTrue();
    }

    private async Task SendElsewhereAsync(Domain.Ids.ConversationId id, string text)
    {
        // Saved and closed first, so that it is not this node that hears of it.
        await ((IDocumentEngine)_engine).CloseAsync();
        await using var other = await _engine.OpenNodeAsync(Clock);
        (await other.GetRequiredService<IConversationLog>().CommitAsync(Client, id, Text(Ann, text), CommitConditions.None, Ct))
            .Error.ShouldBeNull();
    }

    private static async Task<List<Change>> DrainAsync(IOutbox outbox, int count)
    {
        var changes = new List<Change>();
        while (changes.Count < count)
        {
            var batch = await outbox.ReadAsync(0, 10, Ct);
            await outbox.ConfirmAsync(batch, Ct);
            changes.AddRange(batch.Changes);
        }

        return changes;
    }
}
