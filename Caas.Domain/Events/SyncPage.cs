using Caas.Domain.Ids;
using Caas.Domain.Receipts;

namespace Caas.Domain.Events;

/// <summary>One answer of a sync while it is filled.</summary>
/// <param name="limit">The most changes.</param>
internal sealed class SyncPage(int limit)
{
    private readonly List<RawEvent> _changes = [];
    private readonly List<SyncedConversation> _conversations = [];
    private (ConversationId? Id, long Version) _last;

    /// <summary>How many more changes fit.</summary>
    public int Room => limit - _changes.Count;

    /// <summary>Whether there is more than this page.</summary>
    public bool HasMore { get; set; }

    /// <summary>Adds a change.</summary>
    public void Add(Change change)
    {
        _changes.Add(new RawEvent(change.Body));
        _last = (change.ConversationId, change.Version);
    }

    /// <summary>Adds what became of a conversation.</summary>
    public void Tell(SyncedConversation conversation) => _conversations.Add(conversation);

    /// <summary>The last version of this conversation on the page; what was known where there is none.</summary>
    public long LastVersion(ConversationId id, long known) => _last.Id == id ? _last.Version : known;

    /// <summary>The page as the answer.</summary>
    public SyncAnswer ToAnswer(string? cursor, IReadOnlyList<ReadPosition> moved) =>
        new(_changes, _conversations, [.. moved.Select(SyncedReadPosition.Of)], cursor, HasMore);
}
