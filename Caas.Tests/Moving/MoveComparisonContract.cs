using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Sqlite.Migration;

namespace Caas.Tests.Moving;

public sealed class FolderMoveComparisonTests() : MoveComparisonContract(new FolderUnderTest());

public sealed class ClusterMoveComparisonTests() : MoveComparisonContract(new ClusterUnderTest());

/// <summary>What a move finds where the two sides differ: the same suite for every target.</summary>
public abstract class MoveComparisonContract(ITargetUnderTest target) : MoveSuite(target)
{
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
        var database = DatabaseName.Of(Deployment.Client);
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
            if (!planted && Steps.Exists(static step => step.Phase == MovePhases.Follow && step.Database != "platform"))
            {
                planted = true;
                var row = FirstRow(DatabaseName.Of(Deployment.Client), MovedTables.Changes);
                var faulty = row.Values.ToArray();
                faulty[MovedTables.Changes.PlaceOf("body")] = "{}"u8.ToArray();
                var inner = Current.ShouldNotBeNull();
                await inner.MergeAsync(
                    DatabaseName.Of(Deployment.Client), new MovedRange(MovedTables.Changes, null, null, row.Key), [row with { Values = faulty }], true, Ct);
            }
        });

        planted.ShouldBeTrue();
        Steps.Where(step => step.Phase == MovePhases.Check).Sum(step => step.Written).ShouldBe(1);
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    [Fact]
    public async Task A_last_comparison_that_fails_lets_the_product_write_on()
    {
        var planted = false;
        var failed = await Should.ThrowAsync<MoveDifferencesException>(() => MoveAsync(async _ =>
        {
            if (!planted && Steps.Exists(static step => step.Phase == MovePhases.Closed))
            {
                planted = true;
                var row = FirstRow(DatabaseName.Of(Deployment.Client), MovedTables.Conversations);
                await Current!.MergeAsync(
                    DatabaseName.Of(Deployment.Client), new MovedRange(MovedTables.Conversations, null, null, row.Key), [], true, Ct);
            }
        }));

        failed.Message.ShouldContain("The last comparison failed");
        Steps[^1].Phase.ShouldBe(MovePhases.Opened);
        (await Written()).ShouldBeNull();
        await MoveAsync();
        (await ReadThereAsync()).ShouldBe(await ReadHereAsync());
    }

    private IEnumerable<(DatabaseName, MovedTable)> AllTables() =>
        MovedTables.Platform.Where(static table => table.Ends is null && table != MovedTables.Origins)
            .Select(static table => (DatabaseName.Platform, table))
            .Concat(MovedTables.Client.Where(static table => table.Ends is null)
                .Select(table => (DatabaseName.Of(Deployment.Client), table)));

    private MovedRow FirstRow(DatabaseName database, MovedTable table)
    {
        using var folder = new SourceFolder(Source.Folder, Clock);
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
        await using var there = Target.Open(Clock);
        await there.OpenAsync(Ct);
        await there.MergeAsync(database, range, rows, write: true, Ct);
    }
}
