using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Makes the first copy of one database, in the order of its tables and keys, and keeps the place behind each page: a
/// repetition goes on there. The product writes meanwhile, so that what is copied is of many moments; the position at which
/// it began is kept, from which <see cref="FollowChanges"/> puts that right.
/// </summary>
/// <param name="target">Where to.</param>
/// <param name="merge">Brings a range there.</param>
internal sealed class CopyDatabase(IMoveTarget target, MergeRows merge)
{
    public async Task<MergeOutcome> RunAsync(
        SourceFile source, IReadOnlyList<MovedTable> tables, DatabaseProgress? progress, CancellationToken cancellationToken)
    {
        if (progress is null)
        {
            progress = new DatabaseProgress(source.ReadPosition(), Copied: false);
            await target.MakeAsync(source.Name, cancellationToken);
            await target.SaveProgressAsync(source.Name, progress, cancellationToken);
        }

        var outcome = new MergeOutcome();
        foreach (var table in tables.SkipWhile(table => progress.Table is not null && table.Name != progress.Table))
        {
            var after = progress.Key is { } key && table.Name == progress.Table ? MovedValue.Read(key) : null;
            progress = progress with { Table = table.Name, Key = null };
            outcome.Add(await merge.RunAsync(
                source,
                MovedRange.All(table) with { After = after },
                write: true,
                place => target.SaveProgressAsync(source.Name, progress with { Key = MovedValue.Write(place) }, cancellationToken),
                cancellationToken));
        }

        await target.SaveProgressAsync(source.Name, new DatabaseProgress(progress.Position, Copied: true), cancellationToken);
        return outcome;
    }
}
