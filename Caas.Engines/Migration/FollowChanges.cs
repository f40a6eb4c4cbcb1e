using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Brings a copied database up to one moment of its source: what the changes since the last time tell of conversations
/// (<see cref="FollowConversation"/>), and the tables that are written without a change. Nothing else can have changed, because no row of a
/// conversation is written but with a change in its log, erasures included.
/// </summary>
/// <param name="merge">Brings a range there.</param>
internal sealed class FollowChanges(MergeRows merge)
{
    private readonly FollowConversation _conversation = new(merge);

    /// <summary>Brings a client's database up to the present moment of its source.</summary>
    /// <param name="source">The file, whose moment is held.</param>
    /// <param name="position">Up to where the target is.</param>
    /// <param name="write">Whether the target is changed, or only compared.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<FollowOutcome> RunAsync(SourceFile source, long position, bool write, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        var touched = source.ReadTouched(position);
        foreach (var log in touched)
        {
            outcome.Add(log.IsOfClient
                ? await FollowClientAsync(source, log, write, cancellationToken)
                : await _conversation.RunAsync(source, log, write, cancellationToken));
        }

        // What ends by itself may be gone on one side a little earlier than on the other: it is brought, and not compared.
        var beside = MovedTables.BesideConversations.Where(table => write || table.Ends is null);
        outcome.Add(await AllAsync(source, [.. beside], write, cancellationToken));
        return new FollowOutcome(outcome, [.. touched.Where(static log => !log.IsOfClient).Select(static log => log.Log)]);
    }

    // An erasure of a user rewrites what the log says of them, from its beginning.
    private async Task<MergeOutcome> FollowClientAsync(
        SourceFile source, TouchedLog log, bool write, CancellationToken cancellationToken)
    {
        var outcome = await merge.RunAsync(source, MovedRange.All(MovedTables.Users), write, null, cancellationToken);
        outcome.Add(await merge.RunAsync(source, MovedRange.Of(MovedTables.Changes, log.Log), write, null, cancellationToken));
        return outcome;
    }

    /// <summary>All rows of some tables.</summary>
    public async Task<MergeOutcome> AllAsync(
        SourceFile source, IReadOnlyList<MovedTable> tables, bool write, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        foreach (var table in tables)
        {
            outcome.Add(await merge.RunAsync(source, MovedRange.All(table), write, null, cancellationToken));
        }

        return outcome;
    }
}

/// <summary>What was brought.</summary>
/// <param name="Merged">The rows.</param>
/// <param name="Conversations">The conversations that had changes.</param>
internal sealed record FollowOutcome(MergeOutcome Merged, IReadOnlyList<byte[]> Conversations);
