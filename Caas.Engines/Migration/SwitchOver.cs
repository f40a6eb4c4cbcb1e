using Caas.Engines.Documents;
using Caas.Engines.LocalLog;
using Caas.Engines.Sqlite.Migration;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Migration;

/// <summary>
/// The last part of a move: the product writes no more, the rest is brought and compared, its consumers come to the end of
/// the event stream, and the folder is marked as moved. Where that fails the product writes on.
/// </summary>
/// <remarks>
/// Callers write no more, but what the product still owes to their writes it does: who was deleted is erased by a consumer.
/// So all is brought, the consumers come to their end, and where that wrote anything it is brought again.
/// The order of the last steps: the positions of the relay are read, then all is handled that the stream has. So what is
/// not in the stream, or not known to be, is above the positions, and published again by the target. The folder is marked
/// before the target serves: a death between the two leaves neither, and never both.
/// </remarks>
internal sealed class SwitchOver(SourceFolder source, IMoveTarget target, MoveParts parts, TimeProvider clock, Action<MoveStep> report)
{
    private const int MostTries = 3;
    private const int MostRounds = 10;
    private const int FewRecords = 1000;
    private static readonly TimeSpan PatienceOpen = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PatienceClosed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(MoveState state, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await WaitForConsumersAsync(FewRecords, PatienceOpen, cancellationToken);
            if (await TryAsync(state, cancellationToken) is not { } waiting)
            {
                return;
            }

            if (tries == MostTries)
            {
                throw new MoveException(
                    $"The product's consumers have not come to the end of the event stream ({waiting}): "
                    + "is the product running on the folder? Start it, wait until it has caught up, and repeat the command.");
            }
        }
    }

    /// <summary>Null where it was made; else the consumers that were not done in time, and the product writes again.</summary>
    private async Task<string?> TryAsync(MoveState state, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var done = false;
        try
        {
            await source.Mark.WriteAsync(Note(state, done: false), cancellationToken);
            var names = source.ListDatabases();
            foreach (var name in names)
            {
                source.Pass(name);
            }

            report(new MoveStep(MovePhases.Closed, null, 0, 0));
            Dictionary<DatabaseName, DatabasePositions> positions;
            var rounds = 0;
            do
            {
                positions = await BringAsync(names, cancellationToken);
                if (await WaitForConsumersAsync(0, PatienceClosed, cancellationToken) is { } waiting)
                {
                    return waiting;
                }

                if (++rounds > MostRounds)
                {
                    return "the erasures of deleted users do not end";
                }
            }
            while (!IsStill(positions));

            foreach (var (name, place) in positions)
            {
                await target.SetPositionsAsync(name, place, cancellationToken);
            }

            await source.Mark.WriteAsync(Note(state, done: true), CancellationToken.None);
            done = true;
            await target.SaveStateAsync(state with { Done = true }, CancellationToken.None);
            report(new MoveStep(MovePhases.Switch, null, 0, 0, Since(began)));
            return null;
        }
        finally
        {
            if (!done)
            {
                source.Mark.Remove();
                report(new MoveStep(MovePhases.Opened, null, 0, 0, Since(began)));
            }
        }
    }

    // What is not in the stream yet is above the places that were read, and erased by the target's own consumer.
    private bool IsStill(Dictionary<DatabaseName, DatabasePositions> positions)
    {
        foreach (var (name, place) in positions)
        {
            using var file = source.TryOpen(name);
            if (file is null || file.ReadPosition() != place.Last)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<Dictionary<DatabaseName, DatabasePositions>> BringAsync(
        IReadOnlyList<DatabaseName> names, CancellationToken cancellationToken)
    {
        await parts.DropErasedAsync(cancellationToken);
        var positions = new Dictionary<DatabaseName, DatabasePositions>();
        foreach (var name in names)
        {
            if (await parts.SwitchAsync(name, cancellationToken) is { } place)
            {
                positions.Add(name, place);
            }
        }

        return positions;
    }

    /// <summary>Null once they have no more than so many records before them; else what waits when the patience ends.</summary>
    private async Task<string?> WaitForConsumersAsync(long most, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var began = clock.GetTimestamp(); ; await Task.Delay(Pause, clock, cancellationToken))
        {
            var waiting = StreamBacklog.Read(source.Events);
            if (waiting.Sum(static one => one.Records) <= most)
            {
                return null;
            }

            if (clock.GetElapsedTime(began) >= patience)
            {
                return string.Join(", ", waiting.Select(static one => $"{one.Group}: {one.Records}"));
            }
        }
    }

    private double Since(long began) => Math.Round(clock.GetElapsedTime(began).TotalSeconds, 3);

    private MoveNote Note(MoveState state, bool done) => new(state.Move, done, target.Name, clock.GetUtcNow());
}
