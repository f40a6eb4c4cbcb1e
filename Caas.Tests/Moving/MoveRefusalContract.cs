using Caas.Domain.Errors;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Engines.Sqlite;

namespace Caas.Tests.Moving;

public sealed class FolderMoveRefusalTests() : MoveRefusalContract(new FolderUnderTest());

public sealed class ClusterMoveRefusalTests() : MoveRefusalContract(new ClusterUnderTest());

/// <summary>Who may write and start at what time of a move, and what is refused: the same suite for every target.</summary>
public abstract class MoveRefusalContract(ITargetUnderTest target) : MoveSuite(target)
{
    [Fact]
    public async Task After_the_move_nothing_is_written_here_and_no_product_starts_here()
    {
        await MoveAsync();

        (await Written()).ShouldBe(StorageErrors.Moving);
        (await ReadHereAsync()).Count.ShouldBeGreaterThan(1000, "it is read on");
        await Source.CloseAsync();
        (await Should.ThrowAsync<DataFolderException>(() => Source.OpenAsync(Clock))).Message.ShouldContain("was moved to");
    }

    [Fact]
    public async Task No_product_starts_there_before_the_move_is_done()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(
            call => call == 20 ? throw new InvalidOperationException("It dies.") : Task.CompletedTask));

        (await Should.ThrowAsync<StartException>(() => Target.Engine.OpenAsync(Clock))).Message.ShouldContain("has not ended");
        await MoveAsync();
        await Target.Engine.OpenAsync(Clock);
    }

    [Fact]
    public async Task A_move_is_taken_back_and_made_again()
    {
        await MoveAsync();

        await UndoAsync();

        (await Written()).ShouldBeNull();
        await Should.ThrowAsync<StartException>(() => Target.Engine.OpenAsync(Clock));
        await Deployment.WriteOnAsync();
        await MoveAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_move_is_not_taken_back_once_something_was_written_there()
    {
        await MoveAsync();
        var there = new SmallDeployment(await Target.Engine.OpenAsync(Clock), Clock);
        await there.Port<IUserStore>().DeleteAsync(
            Deployment.Client, SmallDeployment.Ann, null, new(new(Domain.Callers.ActorType.User, "ann"), null, null), Ct);
        await Target.Engine.CloseAsync();

        var refused = await Should.ThrowAsync<MoveDifferencesException>(() => UndoAsync());

        refused.Differences.ShouldContain("users ann", StringComparer.Ordinal);
        (await Written()).ShouldBe(StorageErrors.Moving);
    }

    [Fact]
    public async Task Of_two_commands_on_one_folder_the_second_is_refused()
    {
        using var held = Mark.TryLock().ShouldNotBeNull();

        var second = MoveAsync();
        while (!second.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        (await Should.ThrowAsync<MoveException>(second)).Message.ShouldContain("is being moved by another process");
    }

    [Fact]
    public async Task Where_consumers_never_come_to_the_end_the_product_writes_on()
    {
        EventsFile.MakeBacklog(Source.Folder, Domain.Events.ConsumerGroups.Erasure, 3);

        var waiting = MoveAsync();
        while (!waiting.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        (await Should.ThrowAsync<MoveException>(waiting)).Message.ShouldContain("(erasure: 3)");
        Steps.Count(static step => step.Phase == MovePhases.Opened).ShouldBe(3);
        (await Written()).ShouldBeNull();
    }

    [Fact]
    public async Task Two_deployments_are_not_moved_into_one()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(
            call => call == 20 ? throw new InvalidOperationException("It dies.") : Task.CompletedTask));
        await using var other = new SqliteUnderTest();
        var deployment = new SmallDeployment(await other.OpenAsync(Clock), Clock);
        await deployment.Port<Domain.Keys.IPlatformSecrets>().GetOrAddAsync("refresh", new byte[] { 1 }, Ct);

        await using var move = Create(other.Folder, Target.Open(Clock));

        (await Should.ThrowAsync<MoveException>(() => move.RunAsync(Ct))).Message.ShouldStartWith("Another deployment");
    }

    [Fact]
    public async Task A_target_that_serves_a_deployment_is_refused()
    {
        var services = await Target.Engine.OpenAsync(Clock);
        await new SmallDeployment(services, Clock).Port<Domain.Keys.IPlatformSecrets>().GetOrAddAsync("refresh", new byte[] { 1 }, Ct);
        await Target.Engine.CloseAsync();

        await Should.ThrowAsync<MoveException>(() => MoveAsync());

        (await Written()).ShouldBeNull();
    }
}
