using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;

namespace Caas.Domain.Reactions;

/// <summary>
/// A user reacts to a message, or takes that back; where it is so already, nothing changes. The message's etag stays:
/// a reaction is no reason to refuse an edit.
/// </summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Key">Whose, and which.</param>
/// <param name="Stands">Whether it stands from now on.</param>
/// <param name="MaxKinds">How many different emoji a message may have.</param>
public sealed record ReactionChange(ChangeOrigin Origin, MessageId MessageId, ReactionKey Key, bool Stands, int MaxKinds)
    : MessageChange(Origin, MessageId)
{
    /// <inheritdoc/>
    public override ConversationNeeds Needs => base.Needs with { Reaction = Key };

    private protected override Error? Decide(ConversationSlice slice, StoredMessage stored, ConversationCommit commit)
    {
        var before = stored.Message;
        if (before.DeletedAt is not null)
        {
            return Deleted;
        }

        if (slice.ReactionStands == Stands)
        {
            commit.Replay(commit.Head, before);
            return null;
        }

        var count = (before.Reactions.TryGetValue(Key.Emoji, out var standing) ? standing.Count : 0) + (Stands ? 1 : -1);
        if (count == 1 && Stands && before.Reactions.Count >= MaxKinds)
        {
            return new Error(ErrorCatalogue.Conflict, $"A message has at most {MaxKinds} different reactions.");
        }

        var reactions = new Dictionary<string, ReactionCount>(before.Reactions, StringComparer.Ordinal);
        if (count == 0)
        {
            reactions.Remove(Key.Emoji);
        }
        else
        {
            reactions[Key.Emoji] = new ReactionCount(count);
        }

        var after = before with { Reactions = reactions };
        commit.Write(new PutReaction(before.Sequence, Key, Stands));
        commit.Write(new ReplaceMessage(stored with { Message = after }));
        commit.Append(
            Stands ? EventTypes.ReactionAdded : EventTypes.ReactionRemoved,
            new EventBody { MessageId = before.Id, Emoji = Key.Emoji, UserId = Key.UserId, Count = count });
        commit.Answer(after);
        return null;
    }
}
