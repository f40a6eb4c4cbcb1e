using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Brings a table, or what has one first value of its key, to the target, page by page: reads a range here, and has it
/// compared and written there. So a copy, a repetition and a comparison are one thing, and memory holds a page.
/// </summary>
/// <param name="target">Where to.</param>
internal sealed class MergeRows(IMoveTarget target)
{
    private const int MostNamed = 100;

    /// <summary>Merges one range of one table.</summary>
    /// <param name="source">The open file.</param>
    /// <param name="range">What of it, with the place after which it goes on.</param>
    /// <param name="write">Whether the target is changed, or only compared.</param>
    /// <param name="merged">Called behind each page with its last key; null where nobody wants to know.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<MergeOutcome> RunAsync(
        SourceFile source,
        MovedRange range,
        bool write,
        Func<IReadOnlyList<object>, Task>? merged,
        CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        for (var after = range.After; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = source.Read(range with { After = after });
            var part = range with { After = after, Until = page.IsLast ? range.Until : page.Rows[^1].Key };
            outcome.Add(page.Rows.Count, await target.MergeAsync(source.Name, part, page.Rows, write, cancellationToken), MostNamed);
            if (page.IsLast)
            {
                return outcome;
            }

            after = page.Rows[^1].Key;
            if (merged is not null)
            {
                await merged(after);
            }
        }
    }
}

/// <summary>What a merge found.</summary>
internal sealed class MergeOutcome
{
    private readonly List<string> _names = [];

    /// <summary>The rows at the source.</summary>
    public long Rows { get; private set; }

    /// <summary>The rows that were not the same at the target.</summary>
    public long Different { get; private set; }

    /// <summary>The first of these, by name.</summary>
    public IReadOnlyList<string> Names => _names;

    public void Add(MergeOutcome other) => Add(other.Rows, other.Different, other.Names, int.MaxValue);

    public void Add(long rows, IReadOnlyList<string> different, int mostNamed) => Add(rows, different.Count, different, mostNamed);

    public void AddDifference(string name) => Add(0, [name], int.MaxValue);

    private void Add(long rows, long different, IReadOnlyList<string> names, int mostNamed)
    {
        Rows += rows;
        Different += different;
        _names.AddRange(names.Take(Math.Max(0, mostNamed - _names.Count)));
    }
}

/// <summary>Rows that follow one another.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="IsLast">Whether the range ends with them.</param>
internal sealed record MovedPage(IReadOnlyList<MovedRow> Rows, bool IsLast);
