using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>A message is pinned or unpinned; where it is so already, nothing changes.</summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Pinned">Which of the two.</param>
public sealed record MessagePin(ChangeOrigin Origin, MessageId MessageId, bool Pinned) : MessageChange(Origin, MessageId)
{
    private protected override Error? Decide(ConversationSlice slice, StoredMessage stored, ConversationCommit commit)
    {
        if (stored.Message.DeletedAt is not null)
        {
            return Deleted;
        }

        if (stored.Message.PinnedAt is not null == Pinned)
        {
            commit.Replay(commit.Head, stored.Message);
            return null;
        }

        Replace(commit, Pinned ? EventTypes.MessagePinned : EventTypes.MessageUnpinned, stored with
        {
            Message = stored.Message with { PinnedAt = Pinned ? commit.Now : null },
        });
        return null;
    }
}
