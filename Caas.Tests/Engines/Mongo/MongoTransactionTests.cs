using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;
using Caas.Tests.Contracts;
using Caas.Tests.Support.MongoWireServer;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Caas.Tests.Engines.Mongo;

/// <summary>What is tried again, and how much of it.</summary>
public sealed class MongoTransactionTests : DocumentsContract
{
    private readonly MongoUnderTest _engine;

    public MongoTransactionTests()
        : this(new MongoUnderTest())
    {
    }

    private MongoTransactionTests(MongoUnderTest engine)
        : base(engine) => _engine = engine;

    private MongoWireServer Server => _engine.Server;

    [Fact]
    public async Task After_a_transient_error_the_change_decides_again_and_its_number_is_given_once()
    {
        var id = await Group(Ann);
        var change = new WatchedChange(Text(Ann, "hi"));
        using var conflicts = Server.Fail(MongoFault.Refuse("bulkWrite", MongoErrors.WriteConflict) with { Times = 2 });

        await Commit(id, change);

        await conflicts.Spent.WaitAsync(Ct);
        change.Decisions.ShouldBe(3);
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3]);
        (await Port<IConversationReader>().FindAsync(Client, id, Ct))!.LastSequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_primary_that_steps_down_at_the_commit_costs_a_second_try()
    {
        var id = await Group(Ann);
        var change = new WatchedChange(Text(Ann, "hi"));
        using var fault = Server.Fail(
            MongoFault.Refuse("commitTransaction", MongoErrors.NoSuchTransaction, "TransientTransactionError"));

        await Commit(id, change);

        change.Decisions.ShouldBe(2);
        (await EventsOf(id)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Where_the_result_of_the_commit_is_unknown_only_the_commit_is_repeated()
    {
        var id = await Group(Ann);
        var change = new WatchedChange(Text(Ann, "hi"));
        Server.ForgetCommands();
        var unknown = MongoFault.FailAfter("commitTransaction", MongoErrors.ShutdownInProgress, "UnknownTransactionCommitResult");
        using var fault = Server.Fail(unknown with { Times = 5 });

        await Commit(id, change);

        await fault.Spent.WaitAsync(Ct);
        change.Decisions.ShouldBe(1);
        Server.Commands.Count(command => command.Name == "bulkWrite").ShouldBe(1);
        Server.Commands.Count(command => command.Name == "commitTransaction").ShouldBe(6);
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_commit_that_no_majority_has_in_time_is_repeated_until_one_has()
    {
        var id = await Group(Ann);
        var change = new WatchedChange(Text(Ann, "hi"));
        using var fault = Server.Fail(MongoFault.WriteConcern("commitTransaction") with { Times = 3 });

        await Commit(id, change);

        await fault.Spent.WaitAsync(Ct);
        change.Decisions.ShouldBe(1);
        (await EventsOf(id)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_answer_that_is_lost_on_its_way_is_not_a_second_write()
    {
        var id = await Group(Ann);
        using var commit = Server.Fail(MongoFault.LoseAnswer("commitTransaction"));
        using var write = Server.Fail(MongoFault.LoseAnswer("bulkWrite"));

        await Send(id, Ann, "hi");

        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3]);
        (await Port<IMessageReader>().ListAsync(Client, Ann, id, MessageRange.Newest, 10, Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_stays_away_is_unavailable_and_unhealthy_until_it_is_back()
    {
        var id = await Group(Ann);
        using (Server.Fail(MongoFault.Refuse("bulkWrite", MongoErrors.WriteConflict) with { Times = 10_000 }))
        {
            (await Refused(id, Text(Ann, "hi"))).Code.ShouldBe(ErrorCatalogue.StorageUnavailable);
            (await HealthAsync()).ShouldBe(HealthStatus.Unhealthy);
        }

        (await HealthAsync()).ShouldBe(HealthStatus.Healthy);
        (await Send(id, Ann, "ho")).Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_server_refuses_fails_alone()
    {
        var id = await Group(Ann);
        var first = Text(Ann, "one");
        var results = await Task.WhenAll(
            TryCommit(id, first), TryCommit(id, Text(Ann, "two")), TryCommit(id, Text(Ann, "three") with { Id = first.Id }));

        results.ShouldBe([true, true, false]);
        (await EventsOf(id)).Select(occurred => occurred.Version).ShouldBe([1, 2, 3, 4]);
        (await Port<IMessageReader>().ListAsync(Client, Ann, id, MessageRange.Newest, 10, Ct))
            .Select(message => message.Text).ShouldBe(["two", "one"]);
    }

    [Fact]
    public async Task A_batch_is_one_write_and_one_commit_whatever_it_holds()
    {
        var id = await Group(Ann, Bob);
        Server.ForgetCommands();
        var held = new WatchedChange(Text(Ann, "first"), holds: true);
        var first = Commit(id, held);
        await held.Held.WaitAsync(Ct);
        var rest = Enumerable.Range(0, 50).Select(i => Send(id, i % 2 == 0 ? Ann : Bob, $"{i}")).ToArray();
        held.Release();

        await first;
        await Task.WhenAll(rest);

        Server.Commands.Count(command => command.Name == "bulkWrite").ShouldBe(2);
        Server.Commands.Count(command => command.Name == "commitTransaction").ShouldBe(2);
        (await EventsOf(id)).Count.ShouldBe(54);
        (await Port<IMemberReader>().ListAsync(Client, id, null, 10, Ct)).Select(member => member.LastReadSequence).ShouldBe([50, 51]);
    }

    private async Task<bool> TryCommit(ConversationId id, ConversationChange change)
    {
        try
        {
            return (await Log.CommitAsync(Client, id, change, CommitConditions.None, Ct)).Error is null;
        }
#pragma warning disable CA1031 // Whatever it is, it is this one's alone.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task<HealthStatus> HealthAsync()
    {
        var report = await Port<HealthCheckService>().CheckHealthAsync(entry => entry.Name == "documents", Ct);
        return report.Status;
    }
}
