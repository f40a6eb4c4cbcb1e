using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>
/// What can be done to a conversation: a closed union, one type for each way of changing it, in its feature's folder.
/// A change is pure: it says what it must know (<see cref="Needs"/>) and, given that, what becomes of the conversation
/// (<see cref="Decide"/>). The adapter of <see cref="IConversationLog"/> loads the one and writes the other.
/// </summary>
public abstract record ConversationChange
{
    private protected ConversationChange(ChangeOrigin origin) => Origin = origin;

    /// <summary>Who does it, and in which trace.</summary>
    public ChangeOrigin Origin { get; }

    /// <summary>What the decision reads beside the head.</summary>
    public virtual ConversationNeeds Needs => ConversationNeeds.None;

    /// <summary>
    /// Decides, and fills <paramref name="commit"/> with what has to be written. An error means that nothing is
    /// written. May be called again with fresher state: it leaves no trace but in <paramref name="commit"/>.
    /// </summary>
    public abstract Error? Decide(ConversationSlice slice, ConversationCommit commit);

    /// <summary>Begins the commit from the living conversation; false where there is none.</summary>
    private protected static bool TryBegin(ConversationSlice slice, ConversationCommit commit)
    {
        if (slice.Head is not { DeletedAt: null } head)
        {
            return false;
        }

        commit.Begin(head);
        return true;
    }
}

/// <summary>What a decision reads beside the head.</summary>
public sealed record ConversationNeeds
{
    /// <summary>Nothing.</summary>
    public static ConversationNeeds None { get; } = new();

    /// <summary>Whether an earlier send with this key is looked for.</summary>
    public ClientMessageKey? Sent { get; init; }

    /// <summary>The message that the change is about.</summary>
    public MessageId? Message { get; init; }

    /// <summary>The message that a new one answers.</summary>
    public MessageId? ReplyTo { get; init; }

    /// <summary>The users whose memberships (present or past) are read.</summary>
    public IReadOnlyList<UserId> Members { get; init; } = [];

    /// <summary>The reaction of which it is read whether it stands.</summary>
    public ReactionKey? Reaction { get; init; }

    /// <summary>The pair of users whose direct conversation is looked for.</summary>
    public string? DirectKey { get; init; }
}

/// <summary>One user's reaction with one emoji to the message of the change.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Emoji">The emoji.</param>
public readonly record struct ReactionKey(UserId UserId, string Emoji);
