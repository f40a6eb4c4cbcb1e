using Caas.Domain.Errors;
using Caas.Domain.Events;

namespace Caas.Domain.Conversations;

/// <summary>A conversation ends, and its content goes everywhere in the store in the same write.</summary>
/// <param name="Origin">Who, and in which trace.</param>
public sealed record ConversationDeletion(ChangeOrigin Origin) : ConversationChange(Origin)
{
    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit))
        {
            return Error.NotFound;
        }

        var version = commit.NextVersion;
        commit.Write(new BlankConversation());
        commit.Update(head => head with
        {
            Name = null,
            Attributes = null,
            DirectKey = null,
            DeletedAt = commit.Now,
            SettingsVersion = version,
            MembersVersion = version,
        });
        commit.Append(EventTypes.ConversationDeleted, new EventBody { Conversation = commit.NextConversation });
        return null;
    }
}
