using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>The state that one decision reads, loaded by the adapter inside the commit.</summary>
/// <param name="Head">The conversation; null where it does not exist.</param>
public sealed record ConversationSlice(ConversationHead? Head)
{
    private static readonly IReadOnlyDictionary<UserId, Membership> NoMembers = new Dictionary<UserId, Membership>();

    /// <summary>The earlier send of <see cref="ConversationNeeds.Sent"/>; null where there was none.</summary>
    public StoredMessage? Sent { get; init; }

    /// <summary>The message of <see cref="ConversationNeeds.Message"/>; null where it is not in this conversation.</summary>
    public StoredMessage? Message { get; init; }

    /// <summary>Whether <see cref="ConversationNeeds.ReplyTo"/> is a message of this conversation.</summary>
    public bool ReplyToExists { get; init; }

    /// <summary>The memberships of <see cref="ConversationNeeds.Members"/> that there are or were.</summary>
    public IReadOnlyDictionary<UserId, Membership> Members { get; init; } = NoMembers;

    /// <summary>Whether <see cref="ConversationNeeds.Reaction"/> stands.</summary>
    public bool ReactionStands { get; init; }

    /// <summary>The living direct conversation of <see cref="ConversationNeeds.DirectKey"/>; null where there is none.</summary>
    public ConversationHead? Direct { get; init; }
}
