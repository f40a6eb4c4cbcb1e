using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Migration;
using Caas.Engines.Sqlite.Storage;
using Caas.Tests.Engines.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Caas.Tests.Moving;

public sealed class FolderMoveTests() : MoveContract(new FolderUnderTest());

public sealed class ClusterMoveTests() : MoveContract(new ClusterUnderTest());

/// <summary>What a move promises, whatever it is to: the same suite for every target.</summary>
public abstract class MoveContract(ITargetUnderTest target) : IAsyncLifetime
{
    private readonly SqliteUnderTest _source = new();
    private readonly List<MoveStep> _steps = [];
    private SmallDeployment _deployment = null!;
    private IServiceProvider _services = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public async ValueTask InitializeAsync()
    {
        _services = await _source.OpenAsync(Clock);
        _deployment = new SmallDeployment(_services, Clock);
        await _deployment.SeedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

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
            var phase = _steps.Count == 0 ? "" : _steps[^1].Phase;
            if (call % 5 == 0 && !Mark.IsSet && written.GetValueOrDefault(phase) < timesAPhase)
            {
                await _deployment.WriteOnAsync();
                written[phase] = written.GetValueOrDefault(phase) + 1;
            }
        });

        written.Keys.ShouldBe(["", MovePhases.Copy, MovePhases.Follow, MovePhases.Check], ignoreOrder: true);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
        var repaired = _steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Written);
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
                await _deployment.WriteOnAsync();
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
        _steps.Clear();

        await MoveAsync();

        _steps.Where(step => step.Phase == MovePhases.Copy).Sum(step => step.Rows).ShouldBeLessThan(
            _steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Rows));
    }

    [Fact]
    public async Task After_the_move_nothing_is_written_here_and_no_product_starts_here()
    {
        await MoveAsync();

        (await Written()).ShouldBe(StorageErrors.Moving);
        (await ReadHereAsync()).Count.ShouldBeGreaterThan(1000, "it is read on");
        await _source.CloseAsync();
        (await Should.ThrowAsync<DataFolderException>(() => _source.OpenAsync(Clock))).Message.ShouldContain("was moved to");
    }

    [Fact]
    public async Task No_product_starts_there_before_the_move_is_done()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(
            call => call == 20 ? throw new InvalidOperationException("It dies.") : Task.CompletedTask));

        (await Should.ThrowAsync<StartException>(() => target.Engine.OpenAsync(Clock))).Message.ShouldContain("has not ended");
        await MoveAsync();
        await target.Engine.OpenAsync(Clock);
    }

    [Fact]
    public async Task A_repeated_command_finds_that_all_is_done()
    {
        await MoveAsync();
        _steps.Clear();

        await MoveAsync();

        _steps.Select(step => step.Phase).ShouldBe([MovePhases.Moved]);
    }

    [Fact]
    public async Task A_move_is_taken_back_and_made_again()
    {
        await MoveAsync();

        await UndoAsync();

        (await Written()).ShouldBeNull();
        await Should.ThrowAsync<StartException>(() => target.Engine.OpenAsync(Clock));
        await _deployment.WriteOnAsync();
        await MoveAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_move_is_not_taken_back_once_something_was_written_there()
    {
        await MoveAsync();
        var there = new SmallDeployment(await target.Engine.OpenAsync(Clock), Clock);
        await there.Port<IUserStore>().DeleteAsync(
            _deployment.Client, SmallDeployment.Ann, null, new(new(Domain.Callers.ActorType.User, "ann"), null, null), Ct);
        await target.Engine.CloseAsync();

        var refused = await Should.ThrowAsync<MoveDifferencesException>(() => UndoAsync());

        refused.Differences.ShouldContain("users ann", StringComparer.Ordinal);
        (await Written()).ShouldBe(StorageErrors.Moving);
    }

    [Fact]
    public async Task Every_kind_of_row_that_is_missing_changed_or_too_much_is_found_by_name()
    {
        await MoveAsync();
        foreach (var (database, table) in AllTables())
        {
            var row = FirstRow(database, table);
            var key = new MovedRange(table, null, null, row.Key);
            foreach (var planted in Faults(row))
            {
                await MergeThereAsync(database, key, planted);

                var found = await Should.ThrowAsync<MoveDifferencesException>(() => UndoAsync());

                found.Differences.ShouldNotBeEmpty(row.Name);
                found.Differences.ShouldContain(name => name.StartsWith(table.Name, StringComparison.Ordinal), row.Name);
                await MergeThereAsync(database, key, [row]);
            }
        }

        await UndoAsync();
    }

    [Fact]
    public async Task A_leaf_that_differs_gives_another_root()
    {
        await MoveAsync();
        var database = DatabaseName.Of(_deployment.Client);
        var row = FirstRow(database, MovedTables.Messages);
        var forged = row.Values.ToArray();
        forged[MovedTables.Messages.PlaceOf("leaf")] = new byte[32];
        await MergeThereAsync(database, new MovedRange(MovedTables.Messages, null, null, row.Key), [row with { Values = forged }]);

        var found = await Should.ThrowAsync<MoveDifferencesException>(() => UndoAsync());

        found.Differences.ShouldContain(name => name.EndsWith("has another root", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_differs_before_the_switch_is_copied_anew()
    {
        var planted = false;
        await MoveAsync(async _ =>
        {
            if (!planted && _steps.Exists(static step => step.Phase == MovePhases.Follow && step.Database != "platform"))
            {
                planted = true;
                var row = FirstRow(DatabaseName.Of(_deployment.Client), MovedTables.Changes);
                var faulty = row.Values.ToArray();
                faulty[MovedTables.Changes.PlaceOf("body")] = "{}"u8.ToArray();
                var inner = Current.ShouldNotBeNull();
                await inner.MergeAsync(
                    DatabaseName.Of(_deployment.Client), new MovedRange(MovedTables.Changes, null, null, row.Key), [row with { Values = faulty }], true, Ct);
            }
        });

        planted.ShouldBeTrue();
        _steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Written).ShouldBe(1);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_last_comparison_that_fails_lets_the_product_write_on()
    {
        var planted = false;
        var failed = await Should.ThrowAsync<MoveDifferencesException>(() => MoveAsync(async _ =>
        {
            if (!planted && _steps.Exists(static step => step.Phase == MovePhases.Closed))
            {
                planted = true;
                var row = FirstRow(DatabaseName.Of(_deployment.Client), MovedTables.Conversations);
                await Current!.MergeAsync(
                    DatabaseName.Of(_deployment.Client), new MovedRange(MovedTables.Conversations, null, null, row.Key), [], true, Ct);
            }
        }));

        failed.Message.ShouldContain("The last comparison failed");
        _steps[^1].Phase.ShouldBe(MovePhases.Opened);
        (await Written()).ShouldBeNull();
        await MoveAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_client_that_is_erased_meanwhile_is_erased_there()
    {
        var erased = false;
        await MoveAsync(async _ =>
        {
            if (!erased && _steps.Exists(static step => step.Phase == MovePhases.Follow))
            {
                erased = true;
                var clients = _deployment.Port<Domain.Clients.IClientStore>();
                await clients.MarkDeletedAsync(_deployment.Other, Clock.GetUtcNow(), new(new(Domain.Callers.ActorType.User, "x"), null, null), Ct);
                await clients.EraseAsync(_deployment.Other, Ct);
            }
        });

        var there = await target.Engine.OpenAsync(Clock);
        (await new SmallDeployment(there, Clock).Port<IUserStore>().ListAsync(_deployment.Other, null, 10, Ct)).ShouldBeEmpty();
        await target.Engine.CloseAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task What_was_not_relayed_here_is_published_there()
    {
        var outbox = _deployment.Port<Domain.Events.IOutbox>();
        var first = await outbox.ReadAsync(0, 20, Ct);
        await outbox.ConfirmAsync(first, Ct);
        await MoveAsync();

        var there = await target.Engine.OpenAsync(Clock);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in _deployment.Conversations)
        {
            var changes = await _deployment.Port<Domain.Events.IChangeReader>().ListAsync(_deployment.Client, id, 0, 10_000, Ct);
            expected.UnionWith(changes.Select(static change => $"{change.ConversationId} {change.Version}"));
        }

        expected.ExceptWith(first.Changes.Select(static change => $"{change.ConversationId} {change.Version}"));
        await OutboxReading.UntilAsync(there, expected, Ct);
        await target.Engine.CloseAsync();
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
        EventsFile.MakeBacklog(_source.Folder, Domain.Events.ConsumerGroups.Erasure, 3);

        var waiting = MoveAsync();
        while (!waiting.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        (await Should.ThrowAsync<MoveException>(waiting)).Message.ShouldContain("(erasure: 3)");
        _steps.Count(static step => step.Phase == MovePhases.Opened).ShouldBe(3);
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

        await using var move = Create(other.Folder, target.Open(Clock));

        (await Should.ThrowAsync<MoveException>(() => move.RunAsync(Ct))).Message.ShouldStartWith("Another deployment");
    }

    [Fact]
    public async Task A_target_that_serves_a_deployment_is_refused()
    {
        var services = await target.Engine.OpenAsync(Clock);
        await new SmallDeployment(services, Clock).Port<Domain.Keys.IPlatformSecrets>().GetOrAddAsync("refresh", new byte[] { 1 }, Ct);
        await target.Engine.CloseAsync();

        await Should.ThrowAsync<MoveException>(() => MoveAsync());

        (await Written()).ShouldBeNull();
    }

    private IMoveTarget? Current { get; set; }

    private MoveMark Mark => new(_source.Folder);

    private async Task MoveAsync(Func<int, Task>? before = null)
    {
        Current = target.Open(Clock);
        await using var move = Create(_source.Folder, new TroubledTarget(Current, before ?? (static _ => Task.CompletedTask)));
        await move.RunAsync(Ct);
    }

    private async Task UndoAsync()
    {
        await using var move = Create(_source.Folder, target.Open(Clock));
        await move.UndoAsync(Ct);
    }

    private MoveDeployment Create(string folder, IMoveTarget to) =>
        new(new SourceFolder(folder, Clock), to, new ClockIdSource(TimeProvider.System), Clock, _steps.Add);

    // How many calls a move of this deployment makes, by one that ends before the switch.
    private async Task<int> CallsAsync()
    {
        var calls = 0;
        await Should.ThrowAsync<InvalidOperationException>(() => MoveAsync(call =>
        {
            calls = call;
            return _steps.Exists(static step => step.Phase == MovePhases.Copy && step.Database != "platform")
                ? throw new InvalidOperationException("It dies.")
                : Task.CompletedTask;
        }));
        return calls;
    }

    private async Task<Error?> Written() => (await _deployment.Port<IUserStore>().PutAsync(
        _deployment.Client,
        [new UserDraft(UserId.Parse("late"), Guid.CreateVersion7().ToString(), null, "user", null)],
        new(new(Domain.Callers.ActorType.User, "ann"), null, null),
        null,
        null,
        Ct)).Error;

    private Task<IReadOnlyList<string>> ReadHereAsync() => DeploymentReading.ReadAsync(_services, _deployment, Clock);

    private async Task<IReadOnlyList<string>> ReadThereAsync()
    {
        var lines = await DeploymentReading.ReadAsync(await target.Engine.OpenAsync(Clock), _deployment, Clock);
        await target.Engine.CloseAsync();
        return lines;
    }

    private IEnumerable<(DatabaseName, MovedTable)> AllTables() =>
        MovedTables.Platform.Where(static table => table.Ends is null && table != MovedTables.Origins)
            .Select(static table => (DatabaseName.Platform, table))
            .Concat(MovedTables.Client.Where(static table => table.Ends is null)
                .Select(table => (DatabaseName.Of(_deployment.Client), table)));

    private MovedRow FirstRow(DatabaseName database, MovedTable table)
    {
        using var folder = new SourceFolder(_source.Folder, Clock);
        using var file = folder.TryOpen(database)!;
        var page = file.Read(MovedRange.All(table));
        page.Rows.ShouldNotBeEmpty(table.Name);
        return page.Rows[0];
    }

    private static IEnumerable<MovedRow[]> Faults(MovedRow row)
    {
        yield return [];
        for (var i = row.Table.Key.Count; i < row.Table.Columns.Count; i++)
        {
            if (row.Values[i] is string text && !text.StartsWith('{') && !text.StartsWith('['))
            {
                var changed = row.Values.ToArray();
                changed[i] = text + "x";
                yield return [row with { Values = changed }];
                yield break;
            }
        }
    }

    private async Task MergeThereAsync(DatabaseName database, MovedRange range, IReadOnlyList<MovedRow> rows)
    {
        await using var there = target.Open(Clock);
        await there.OpenAsync(Ct);
        await there.MergeAsync(database, range, rows, write: true, Ct);
    }
}
