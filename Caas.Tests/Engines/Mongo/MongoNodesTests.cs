using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Tests.Engines.Mongo;

/// <summary>Two nodes on the same data, neither of which knows of the other.</summary>
public sealed class MongoNodesTests : DocumentsContract
{
    private readonly MongoUnderTest _engine;

    public MongoNodesTests()
        : this(new MongoUnderTest())
    {
    }

    private MongoNodesTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    [Fact]
    public async Task Two_nodes_that_write_to_one_conversation_give_each_number_once_and_leave_none_out()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var logs = new[] { Log, other.GetRequiredService<IConversationLog>() };
        var id = await Group(Ann, Bob);

        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var sequences = new List<long>();
            for (var i = 0; i < 10; i++)
            {
                var commit = await logs[writer % 2].CommitAsync(
                    Client, id, Text(writer < 4 ? Ann : Bob, $"{writer}.{i}"), CommitConditions.None, Ct);
                sequences.Add(commit.Value.ShouldNotBeNull().Message!.Sequence);
            }

            return sequences;
        }));

        sent.SelectMany(sequences => sequences).Order().ShouldBe(Enumerable.Range(1, 80).Select(number => (long)number));
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe(Enumerable.Range(1, 83).Select(v => (long?)v));
        (await Port<IConversationReader>().FindAsync(Client, id, Ct))!.Leaves.Count.ShouldBe(80);
    }

    [Fact]
    public async Task Two_nodes_make_one_direct_conversation_of_two_users()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var logs = new[] { Log, other.GetRequiredService<IConversationLog>() };

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            (await logs[i % 2].CommitAsync(Client, NewId(), NewDirect(Ann, Bob), CommitConditions.None, Ct)).Value!));

        made.Select(commit => commit.Head.Id).Distinct().Count().ShouldBe(1);
        made.Count(commit => !commit.Replayed).ShouldBe(1);
    }

    [Fact]
    public async Task Two_nodes_keep_one_answer_for_one_idempotency_key()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var logs = new[] { Log, other.GetRequiredService<IConversationLog>() };
        var id = await Group(Ann);
        var conditions = new CommitConditions
        {
            Idempotency = new IdempotentWrite<ConversationCommit>(
                new IdempotencyKey("ann", "k", new byte[] { 1 }), static _ => new StoredAnswer(201, new byte[] { 1 }, null, null)),
        };

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            await logs[i % 2].CommitAsync(Client, id, Text(Ann, $"{i}"), conditions, Ct)));

        results.Count(result => result.Error is null).ShouldBe(1);
        results.Count(result => result.Error?.EarlierAnswer is { Status: 201 }).ShouldBe(19);
        (await EventsOf(id)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_node_that_slept_between_read_and_write_cannot_take_a_number_that_was_given()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var id = await Group(Ann, Bob);
        var change = new WatchedChange(Text(Ann, "slept"), holds: true);
        var slept = Commit(id, change);
        await change.Held.WaitAsync(Ct);

        var awake = await other.GetRequiredService<IConversationLog>().CommitAsync(
            Client, id, Text(Bob, "awake"), CommitConditions.None, Ct);
        change.Release();

        awake.Value!.Message!.Sequence.ShouldBe(1);
        (await slept).Message!.Sequence.ShouldBe(2);
        change.Decisions.ShouldBe(2);
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task A_node_that_slept_does_not_write_for_a_member_who_was_removed_meanwhile()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var id = await Group(Ann, Bob);
        var seen = (await Port<IConversationReader>().FindAsync(Client, id, Ct))!.MembersVersion;
        var change = new WatchedChange(Text(Bob, "slept"), holds: true);
        var slept = Refused(id, change, new CommitConditions { MembersVersion = seen });
        await change.Held.WaitAsync(Ct);

        await other.GetRequiredService<IConversationLog>().CommitAsync(
            Client, id, new MemberRemoval(Origin, Bob), CommitConditions.None, Ct);
        change.Release();

        (await slept).ShouldBe(ConversationErrors.MembersChanged);
        (await Port<IMessageReader>().ListAsync(Client, null, id, MessageRange.Newest, 10, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_nodes_make_a_clients_database_at_once()
    {
        await using var other = await _engine.OpenNodeAsync(Clock);
        var logs = new[] { Log, other.GetRequiredService<IConversationLog>() };

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
            (await logs[i % 2].CommitAsync(OtherClient, NewId(), NewGroup(HistoryAccess.All, Ann), CommitConditions.None, Ct))
                .Error.ShouldBeNull()));

        var feed = await Port<IChangeReader>().ReadFeedAsync(OtherClient, Ann, 0, null, 10, Ct);
        (feed.Position, feed.Entries.Count).ShouldBe((12, 6));
    }
}
