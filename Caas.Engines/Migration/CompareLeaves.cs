using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Engines.Sqlite.Migration;

namespace Caas.Engines.Migration;

/// <summary>
/// Builds the tree of each conversation anew from the leaves that are stored at the target, and compares it with what the
/// source says: numbers 1 to n without a gap, and the root that every proof leads to.
/// </summary>
/// <param name="target">Where to.</param>
internal sealed class CompareLeaves(IMoveTarget target)
{
    private const int PageLeaves = 2000;

    /// <summary>Names the conversations that differ.</summary>
    /// <param name="source">The file, whose moment is held.</param>
    /// <param name="only">These conversations; null for all of them.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<MergeOutcome> RunAsync(
        SourceFile source, IReadOnlyList<byte[]>? only, CancellationToken cancellationToken)
    {
        var outcome = new MergeOutcome();
        if (only is null)
        {
            await AllAsync(source, outcome, cancellationToken);
        }
        else
        {
            foreach (var conversation in only)
            {
                var head = SourceFile.LeavesOf(source.Read(MovedRange.Of(MovedTables.Conversations, conversation))).SingleOrDefault();
                var id = new ConversationId(new Guid(conversation, bigEndian: true));
                var leaves = new LeafReader(target, source.Name, id, PageLeaves);
                await CompareAsync(head ?? new HeadLeaves(id, true, 0, MerkleFrontier.Empty), leaves, outcome, cancellationToken);
            }
        }

        return outcome;
    }

    // Both sides in the order of the ids: leaves that no head asks for belong to no conversation.
    private async Task AllAsync(SourceFile source, MergeOutcome outcome, CancellationToken cancellationToken)
    {
        var leaves = new LeafReader(target, source.Name, null, PageLeaves);
        for (var range = MovedRange.All(MovedTables.Conversations); ;)
        {
            var page = source.Read(range);
            foreach (var head in SourceFile.LeavesOf(page))
            {
                await CompareAsync(head, leaves, outcome, cancellationToken);
            }

            if (page.IsLast)
            {
                break;
            }

            range = range with { After = page.Rows[^1].Key };
        }

        if (await leaves.PeekAsync(cancellationToken) is { } left)
        {
            outcome.AddDifference($"messages of {left.Conversation}, which is not at the source");
        }
    }

    private static async Task CompareAsync(
        HeadLeaves head, LeafReader leaves, MergeOutcome outcome, CancellationToken cancellationToken)
    {
        var tree = MerkleFrontier.Empty;
        var gap = false;
        while (await leaves.PeekAsync(cancellationToken) is { } leaf && Compare(leaf.Conversation, head.Id) <= 0)
        {
            leaves.Take();
            gap |= leaf.Conversation != head.Id || leaf.Sequence != tree.Count + 1;
            tree = tree.Append(leaf.Hash, completed: null);
        }

        var fault = gap ? "has a gap in its numbers"
            : head.IsDeleted ? tree.Count == 0 ? null : "is deleted and has messages"
            : tree.Count != head.Count ? $"has {tree.Count} messages of {head.Count}"
            : tree.Root().AsSpan().SequenceEqual(head.Leaves.Root()) ? null
            : "has another root";
        if (fault is not null)
        {
            outcome.AddDifference($"conversation {head.Id} {fault}");
        }
    }

    private static int Compare(ConversationId one, ConversationId other) =>
        one.Value.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(other.Value.ToByteArray(bigEndian: true));
}
