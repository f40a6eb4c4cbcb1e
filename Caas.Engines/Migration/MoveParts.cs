using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>What a move does with one database, each part with what it says of it.</summary>
/// <param name="source">The folder.</param>
/// <param name="target">Where to.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="report">Hears of each part.</param>
internal sealed class MoveParts(SourceFolder source, IMoveTarget target, TimeProvider clock, Action<MoveStep> report)
{
    private readonly CopyDatabase _copy = new(target, new MergeRows(target));
    private readonly FollowChanges _follow = new(new MergeRows(target));
    private readonly CompareLeaves _leaves = new(target);

    public static void ThrowIfDifferent(MergeOutcome outcome, string what)
    {
        if (outcome.Different > 0)
        {
            throw new MoveDifferencesException($"{what}: {outcome.Different} differences, first {outcome.Names[0]}.", outcome.Names);
        }
    }

    /// <summary>Clients that were erased meanwhile are erased there.</summary>
    public async Task DropErasedAsync(CancellationToken cancellationToken)
    {
        var there = await target.ListClientsAsync(cancellationToken);
        foreach (var client in there.Except(source.ListDatabases().Select(static name => name.Client).OfType<ClientId>()))
        {
            await target.EraseAsync(client, cancellationToken);
        }
    }

    /// <summary>The first copy; nothing where it is made.</summary>
    public async Task CopyAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        var progress = await target.ReadProgressAsync(name, cancellationToken);
        if (progress is not { Copied: true })
        {
            await InFileAsync(MovePhases.Copy, name, file => _copy.RunAsync(file, TablesOf(name), progress, cancellationToken));
        }
    }

    /// <summary>Brings it up to a moment; one that has come since the last time is copied.</summary>
    public async Task FollowAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        await CopyAsync(name, cancellationToken);
        await InMomentAsync(MovePhases.Follow, name, async (file, position) =>
        {
            var outcome = await FollowAsync(file, position, write: true, cancellationToken);
            await SaveAsync(file, cancellationToken);
            return outcome.Merged;
        }, cancellationToken);
    }

    /// <summary>
    /// Compares all of it at one moment, and copies anew what differs. Gives what differs also then.
    /// </summary>
    public async Task<MergeOutcome> CheckAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        await CopyAsync(name, cancellationToken);
        var left = new MergeOutcome();
        await InMomentAsync(MovePhases.Check, name, async (file, position) =>
        {
            await FollowAsync(file, position, write: true, cancellationToken);
            var repaired = await _follow.AllAsync(file, TablesOf(name), write: true, cancellationToken);
            if (repaired.Different > 0)
            {
                left.Add(await _follow.AllAsync(file, ComparedOf(name), write: false, cancellationToken));
            }

            left.Add(await CompareLeavesAsync(file, only: null, cancellationToken));
            await SaveAsync(file, cancellationToken);
            return repaired;
        }, cancellationToken);
        return left;
    }

    /// <summary>Compares all of it at one moment, and changes nothing.</summary>
    public async Task<MergeOutcome> CompareAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        await InMomentAsync(MovePhases.Check, name, async (file, _) =>
        {
            outcome.Add(await _follow.AllAsync(file, ComparedOf(name), write: false, cancellationToken));
            outcome.Add(await CompareLeavesAsync(file, only: null, cancellationToken));
            return outcome;
        }, cancellationToken);
        return outcome;
    }

    /// <summary>
    /// With the product closed: brings the last of it, and compares what came since everything was compared, and all heads.
    /// Gives where the changes are; null where the database is gone.
    /// </summary>
    public async Task<DatabasePositions?> SwitchAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        await CopyAsync(name, cancellationToken);
        DatabasePositions? positions = null;
        await InMomentAsync(MovePhases.Switch, name, async (file, position) =>
        {
            var last = await FollowAsync(file, position, write: true, cancellationToken);
            ThrowIfDifferent(await CompareAsync(file, position, last, cancellationToken), "The last comparison failed");
            await SaveAsync(file, cancellationToken);
            positions = new DatabasePositions(file.ReadPosition(), file.ReadRelayed());
            return last.Merged;
        }, cancellationToken);
        return positions;
    }

    private async Task<MergeOutcome> CompareAsync(
        SourceFile file, long position, FollowOutcome last, CancellationToken cancellationToken)
    {
        var outcome = (await FollowAsync(file, position, write: false, cancellationToken)).Merged;
        if (file.Name.Client is not null)
        {
            outcome.Add(await _follow.AllAsync(file, [MovedTables.Conversations], write: false, cancellationToken));
            outcome.Add(await _leaves.RunAsync(file, last.Conversations, cancellationToken));
        }

        return outcome;
    }

    // The platform's file is small beside the others', and is brought and compared as a whole.
    private async Task<FollowOutcome> FollowAsync(SourceFile file, long position, bool write, CancellationToken cancellationToken) =>
        file.Name.Client is not null
            ? await _follow.RunAsync(file, position, write, cancellationToken)
            : new FollowOutcome(
                await _follow.AllAsync(file, write ? MovedTables.Platform : ComparedOf(file.Name), write, cancellationToken), []);

    private async Task<MergeOutcome> CompareLeavesAsync(
        SourceFile file, IReadOnlyList<byte[]>? only, CancellationToken cancellationToken) =>
        file.Name.Client is null ? new MergeOutcome() : await _leaves.RunAsync(file, only, cancellationToken);

    private Task SaveAsync(SourceFile file, CancellationToken cancellationToken) =>
        target.SaveProgressAsync(file.Name, new DatabaseProgress(file.ReadPosition(), Copied: true), cancellationToken);

    private static IReadOnlyList<MovedTable> TablesOf(DatabaseName name) =>
        name.Client is null ? MovedTables.Platform : MovedTables.Client;

    private static IReadOnlyList<MovedTable> ComparedOf(DatabaseName name) =>
        [.. TablesOf(name).Where(static table => table.Ends is null)];

    private async Task InMomentAsync(
        string phase, DatabaseName name, Func<SourceFile, long, Task<MergeOutcome>> work, CancellationToken cancellationToken)
    {
        var position = (await target.ReadProgressAsync(name, cancellationToken))?.Position ?? 0;
        await InFileAsync(phase, name, async file =>
        {
            file.BeginMoment();
            try
            {
                return await work(file, position);
            }
            finally
            {
                file.EndMoment();
            }
        });
    }

    private async Task InFileAsync(string phase, DatabaseName name, Func<SourceFile, Task<MergeOutcome>> work)
    {
        if (source.TryOpen(name) is not { } file)
        {
            return;
        }

        using (file)
        {
            var began = clock.GetTimestamp();
            var outcome = await work(file);
            report(new MoveStep(
                phase, name.ToString(), outcome.Rows, outcome.Different, Math.Round(clock.GetElapsedTime(began).TotalSeconds, 3)));
        }
    }
}
