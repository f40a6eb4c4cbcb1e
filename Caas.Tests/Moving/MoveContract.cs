using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Users;
using Caas.Engines.Migration;

namespace Caas.Tests.Moving;

public sealed class FolderMoveTests() : MoveContract(new FolderUnderTest());

public sealed class ClusterMoveTests() : MoveContract(new ClusterUnderTest());

/// <summary>What a move brings, whatever it is to and whenever it dies: the same suite for every target.</summary>
public abstract class MoveContract(ITargetUnderTest target) : MoveSuite(target)
{
    [Fact]
    public async Task Everything_reads_there_as_it_read_here()
    {
        var here = await ReadHereAsync();

        await MoveAsync();

        (await ReadThereAsync()).ShouldBe(here);
        here.Count.ShouldBeGreaterThan(1000);
    }

    // A long conversation of which little changed is followed by what its changes name, else it is followed whole.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_is_written_and_erased_at_any_moment_of_the_move_is_there(int timesAPhase)
    {
        var written = new Dictionary<string, int>(StringComparer.Ordinal);
        await MoveAsync(async call =>
        {
            // Every few calls, a few times in each part, as long as the product may write.
            var phase = Steps.Count == 0 ? "" : Steps[^1].Phase;
            if (call % 5 == 0 && !Mark.IsSet && written.GetValueOrDefault(phase) < timesAPhase)
            {
                await Deployment.WriteOnAsync();
                written[phase] = written.GetValueOrDefault(phase) + 1;
            }
        });

        written.Keys.ShouldBe(["", MovePhases.Copy, MovePhases.Follow, MovePhases.Check], ignoreOrder: true);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
        var repaired = Steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Written);
        repaired.ShouldBe(0, "the changes name all that was written");
    }

    [Fact]
    public async Task A_move_that_dies_before_any_of_its_calls_goes_on_when_it_is_repeated()
    {
        var deaths = 0;
        for (var last = 1; ; last += 1 + (last / 10))
        {
            try
            {
                await MoveAsync(call => call == last ? throw new InvalidOperationException("It dies.") : Task.CompletedTask);
                break;
            }
            catch (InvalidOperationException)
            {
                deaths++;
            }

            if (deaths % 10 == 0 && !Mark.IsSet)
            {
                await Deployment.WriteOnAsync();
            }
        }

        deaths.ShouldBeGreaterThan(20);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_copy_goes_on_behind_the_last_page_that_was_made()
    {
        var until = (await CallsAsync()) / 3;
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(
            call => call == until ? throw new InvalidOperationException("It dies.") : Task.CompletedTask));
        Steps.Clear();

        await MoveAsync();

        Steps.Where(step => step.Phase == MovePhases.Copy).Sum(step => step.Rows).ShouldBeLessThan(
            Steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Rows));
    }

    [Fact]
    public async Task A_repeated_command_finds_that_all_is_done()
    {
        await MoveAsync();
        Steps.Clear();

        await MoveAsync();

        Steps.Select(step => step.Phase).ShouldBe([MovePhases.Moved]);
    }

    [Fact]
    public async Task A_client_that_is_erased_meanwhile_is_erased_there()
    {
        var erased = false;
        await MoveAsync(async _ =>
        {
            if (!erased && Steps.Exists(static step => step.Phase == MovePhases.Follow))
            {
                erased = true;
                var clients = Deployment.Port<Domain.Clients.IClientStore>();
                await clients.MarkDeletedAsync(Deployment.Other, Clock.GetUtcNow(), new(new(Domain.Callers.ActorType.User, "x"), null, null), Ct);
                await clients.EraseAsync(Deployment.Other, Ct);
            }
        });

        var there = await Target.Engine.OpenAsync(Clock);
        (await new SmallDeployment(there, Clock).Port<IUserStore>().ListAsync(Deployment.Other, null, 10, Ct)).ShouldBeEmpty();
        await Target.Engine.CloseAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task What_was_not_relayed_here_is_published_there()
    {
        var outbox = Deployment.Port<Domain.Events.IOutbox>();
        var first = await outbox.ReadAsync(0, 20, Ct);
        await outbox.ConfirmAsync(first, Ct);
        await MoveAsync();

        var there = await Target.Engine.OpenAsync(Clock);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in Deployment.Conversations)
        {
            var changes = await Deployment.Port<Domain.Events.IChangeReader>().ListAsync(Deployment.Client, id, 0, 10_000, Ct);
            expected.UnionWith(changes.Select(static change => $"{change.ConversationId} {change.Version}"));
        }

        expected.ExceptWith(first.Changes.Select(static change => $"{change.ConversationId} {change.Version}"));
        await OutboxReading.UntilAsync(there, expected, Ct);
        await Target.Engine.CloseAsync();
    }

    // Who was deleted is erased by a consumer of the product, which writes after its callers may not any more.
    [Fact]
    public async Task What_the_product_owes_to_its_callers_is_done_while_it_is_closed_and_brought_too()
    {
        var erasure = new UserErasure(
            Deployment.Port<IErasureReader>(), Deployment.Port<IMemberReader>(), Deployment.Port<IConversationLog>());
        var gone = new Queue<UserId>(SmallDeployment.People);
        var closed = 0;
        var client = Deployment.Client.ToString();

        // All over the closed part, and the last one when what it changes has been brought already.
        await MoveAsync(async _ =>
        {
            if (Mark.Read() is { Done: false }
                && (gone.Count > 1 ? ++closed % 6 == 0 : Steps.Exists(step => step.Phase == MovePhases.Switch && step.Database == client))
                && gone.TryDequeue(out var user))
            {
                await erasure.ExecuteAsync(Deployment.Client, user, Clock.GetUtcNow(), Ct);
            }
        });

        gone.ShouldBeEmpty();
        Steps.Count(step => step.Phase == MovePhases.Switch && step.Database == "platform").ShouldBeGreaterThan(1, "it was brought again");
        Steps.ShouldNotContain(static step => step.Phase == MovePhases.Opened);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    // How many calls a move of this deployment makes, by one that ends before the switch.
    private async Task<int> CallsAsync()
    {
        var calls = 0;
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(call =>
        {
            calls = call;
            return Steps.Exists(static step => step.Phase == MovePhases.Copy && step.Database != "platform")
                ? throw new InvalidOperationException("It dies.")
                : Task.CompletedTask;
        }));
        return calls;
    }
}
