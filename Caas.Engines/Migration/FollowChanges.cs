using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Brings a copied database up to one moment of its source: the conversations of which a change tells since the last time,
/// each whole, and the tables that are written without a change. Nothing else can have changed, because no row of a
/// conversation is written but with a change in its log, erasures included.
/// </summary>
/// <param name="merge">Brings a range there.</param>
internal sealed class FollowChanges(MergeRows merge)
{
    /// <summary>Brings a client's database up to the present moment of its source.</summary>
    /// <param name="source">The file, whose moment is held.</param>
    /// <param name="position">Up to where the target is.</param>
    /// <param name="write">Whether the target is changed, or only compared.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<FollowOutcome> RunAsync(SourceFile source, long position, bool write, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        var (conversations, clientLog) = source.ReadTouched(position);
        foreach (var conversation in conversations)
        {
            outcome.Add(await OneAsync(source, conversation, write, cancellationToken));
        }

        if (clientLog)
        {
            outcome.Add(await merge.RunAsync(source, MovedRange.All(MovedTables.Users), write, null, cancellationToken));
            outcome.Add(await merge.RunAsync(
                source, MovedRange.Of(MovedTables.Changes, new byte[16]), write, null, cancellationToken));
        }

        // What ends by itself may be gone on one side a little earlier than on the other: it is brought, and not compared.
        var beside = MovedTables.BesideConversations.Where(table => write || table.Ends is null);
        outcome.Add(await AllAsync(source, [.. beside], write, cancellationToken));
        return new FollowOutcome(outcome, conversations);
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

    private async Task<MergeOutcome> OneAsync(
        SourceFile source, byte[] conversation, bool write, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        foreach (var table in MovedTables.OfConversation)
        {
            outcome.Add(await merge.RunAsync(source, MovedRange.Of(table, conversation), write, null, cancellationToken));
        }

        return outcome;
    }
}

/// <summary>What was brought.</summary>
/// <param name="Merged">The rows.</param>
/// <param name="Conversations">The conversations that had changes.</param>
internal sealed record FollowOutcome(MergeOutcome Merged, IReadOnlyList<byte[]> Conversations);
