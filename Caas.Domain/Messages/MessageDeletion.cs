using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>
/// A message becomes a tombstone: its content goes everywhere in the store in the same write, its number and its leaf
/// stay. Deleting a tombstone changes nothing.
/// </summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="MessageId">The message.</param>
public sealed record MessageDeletion(ChangeOrigin Origin, MessageId MessageId) : MessageChange(Origin, MessageId)
{
    private protected override Error? Decide(ConversationSlice slice, StoredMessage stored, ConversationCommit commit)
    {
        if (stored.Message.DeletedAt is not null)
        {
            commit.Replay(commit.Head, stored.Message);
            return null;
        }

        commit.Write(new BlankMessage(stored.Message.Sequence, stored.SentVersion));
        Replace(commit, EventTypes.MessageDeleted, stored with
        {
            Salt = default,
            Fingerprint = default,
            Edits = 0,
            Message = stored.Message.WithoutContent() with { DeletedAt = commit.Now, PinnedAt = null },
        });
        return null;
    }
}
