using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Tests.Contracts;

/// <summary>What an adapter may get wrong.</summary>
public enum ChangeFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first of several changes is missing.</summary>
    DropsAChange,

    /// <summary>Changes come in the wrong order.</summary>
    Reverses,

    /// <summary>A removal is not known, so that the log is read on.</summary>
    ReadsOnAfterARemoval,

    /// <summary>Conversations that the user left are not in the feed.</summary>
    ForgetsThatOneLeft,

    /// <summary>Deleted conversations are not in the feed.</summary>
    ForgetsADeletion,

    /// <summary>What was read once is given again as it was then.</summary>
    KeepsDeletedContent,

    /// <summary>The feed begins later than it says.</summary>
    LosesAConversation,
}

/// <summary>A reader with a planted fault, for the model test to find.</summary>
internal sealed class FaultyChanges(IChangeReader inner, ChangeFault fault) : IChangeReader
{
    private readonly Dictionary<(ConversationId, long), Change> _first = [];

    public async ValueTask<IReadOnlyList<Change>> ListAsync(
        ClientId clientId, ConversationId conversationId, long afterVersion, int limit, CancellationToken cancellationToken)
    {
        var changes = await inner.ListAsync(clientId, conversationId, afterVersion, limit, cancellationToken);
        return fault switch
        {
            ChangeFault.DropsAChange when changes.Count > 1 => [.. changes.Skip(1)],
            ChangeFault.Reverses => [.. changes.Reverse()],
            ChangeFault.KeepsDeletedContent => [.. changes.Select(First)],
            _ => changes,
        };
    }

    public async ValueTask<FeedPage> ReadFeedAsync(
        ClientId clientId, UserId userId, long since, ConversationId? after, int limit, CancellationToken cancellationToken)
    {
        var page = await inner.ReadFeedAsync(clientId, userId, since, after, limit, cancellationToken);
        var entries = page.Entries.Select(Bend);
        return page with
        {
            Entries = fault switch
            {
                ChangeFault.ForgetsThatOneLeft => [.. entries.Where(entry => entry.Membership.IsActive)],
                ChangeFault.ForgetsADeletion => [.. entries.Where(entry => entry.Head.DeletedAt is null)],
                ChangeFault.LosesAConversation => [.. entries.Skip(since == 0 ? 0 : 1)],
                _ => [.. entries],
            },
        };
    }

    public async ValueTask<IReadOnlyList<FeedEntry>> ReadEntriesAsync(
        ClientId clientId, UserId userId, IReadOnlyList<ConversationId> conversationIds, CancellationToken cancellationToken)
    {
        var entries = await inner.ReadEntriesAsync(clientId, userId, conversationIds, cancellationToken);
        return [.. entries.Select(Bend)];
    }

    private FeedEntry Bend(FeedEntry entry) => fault == ChangeFault.ReadsOnAfterARemoval
        ? entry with { Membership = entry.Membership with { LeftVersion = null } }
        : entry;

    private Change First(Change change)
    {
        _first.TryAdd((change.ConversationId!.Value, change.Version), change);
        return _first[(change.ConversationId!.Value, change.Version)];
    }
}
