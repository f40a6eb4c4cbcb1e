using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Brings what the changes behind a version tell of one conversation: a long one in the parts that they name, a short one
/// whole. A change names the message that it is of; what was said earlier of that message is in the change of its sending
/// and in those that are linked to it, which an erasure rewrites.
/// </summary>
/// <param name="merge">Brings a range there.</param>
internal sealed class FollowConversation(MergeRows merge)
{
    // A part is several calls, a page has hundreds of rows.
    private const int RowsAPart = 100;

    private static readonly IReadOnlyList<MovedTable> Growing = [MovedTables.Nodes, MovedTables.Conversations];

    public async Task<MergeOutcome> RunAsync(SourceFile source, TouchedLog touched, bool write, CancellationToken cancellationToken)
    {
        var last = source.ReadLastSequence(touched.Log);
        var named = touched.IsDeleted ? null : source.ReadNamed(touched, most: (int)Math.Min(last / RowsAPart, 10_000));
        var ranges = named is null
            ? MovedTables.OfConversation.Select(table => MovedRange.Of(table, touched.Log))
            : Tail(touched, last).Concat(named.SelectMany(message => Of(source, touched.Log, message)));
        var outcome = new MergeOutcome();
        foreach (var range in ranges)
        {
            outcome.Add(await merge.RunAsync(source, range, write, null, cancellationToken));
        }

        return outcome;
    }

    // What came at the end. The head is last: what it counts is there then.
    private static IEnumerable<MovedRange> Tail(TouchedLog touched, long last) =>
    [
        new(MovedTables.Messages, touched.Log, [touched.Log, last - touched.Sent], null),
        new(MovedTables.Changes, touched.Log, [touched.Log, touched.FirstVersion - 1], null),
        .. Growing.Select(table => MovedRange.Of(table, touched.Log)),
    ];

    private static IEnumerable<MovedRange> Of(SourceFile source, byte[] log, TouchedMessage message)
    {
        var (sequence, reacted) = message;
        yield return One(MovedTables.Messages, log, sequence);
        yield return Within(MovedTables.Revisions, log, sequence);
        yield return Within(MovedTables.Links, log, sequence);
        foreach (var version in source.ReadVersions(log, sequence))
        {
            yield return One(MovedTables.Changes, log, version);
        }

        if (reacted is not null)
        {
            // No emoji is empty, so that these two enclose all of this message and none of the next.
            yield return new MovedRange(MovedTables.Reactions, log, [log, reacted, sequence, ""], [log, reacted, sequence + 1, ""]);
        }
    }

    private static MovedRange One(MovedTable table, byte[] log, long number) => new(table, log, [log, number - 1], [log, number]);

    private static MovedRange Within(MovedTable table, byte[] log, long sequence) =>
        new(table, log, [log, sequence - 1, long.MaxValue], [log, sequence, long.MaxValue]);
}
