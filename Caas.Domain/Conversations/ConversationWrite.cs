using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>
/// One row that a commit writes beside the head and the changes: a closed union, and an adapter writes each kind.
/// </summary>
public abstract record ConversationWrite
{
    private protected ConversationWrite()
    {
    }
}

/// <summary>A membership begins (also again, after it ended), changes or ends.</summary>
/// <param name="Membership">The whole row.</param>
public sealed record PutMembership(Membership Membership) : ConversationWrite;

/// <summary>A message is new.</summary>
/// <param name="Message">The whole row.</param>
public sealed record InsertMessage(StoredMessage Message) : ConversationWrite;

/// <summary>A message is replaced as a whole: edited, deleted, pinned, or its reactions counted anew.</summary>
/// <param name="Message">The whole row.</param>
public sealed record ReplaceMessage(StoredMessage Message) : ConversationWrite;

/// <summary>An earlier text of a message is kept.</summary>
/// <param name="Sequence">The message.</param>
/// <param name="Revision">What it was.</param>
public sealed record InsertRevision(long Sequence, Revision Revision) : ConversationWrite;

/// <summary>
/// A later change carries content of this message: deleting the message has to find it. (That of the send is known by
/// <see cref="StoredMessage.SentVersion"/>.)
/// </summary>
/// <param name="Sequence">The message.</param>
/// <param name="Version">The change.</param>
public sealed record LinkChange(long Sequence, long Version) : ConversationWrite;

/// <summary>
/// A message's content goes everywhere: its revisions are removed, and the bodies of all its earlier changes are
/// rewritten by <see cref="Events.EventJson.Blank"/>.
/// </summary>
/// <param name="Sequence">The message.</param>
/// <param name="SentVersion">The version of its <c>message.sent</c>.</param>
public sealed record BlankMessage(long Sequence, long SentVersion) : ConversationWrite;

/// <summary>
/// A conversation's content goes: every message, revision, reaction and Merkle node is removed, and the bodies of all
/// its earlier changes are rewritten by <see cref="Events.EventJson.Blank"/>. The head and the memberships stay, so
/// that the members' devices learn of the deletion.
/// </summary>
public sealed record BlankConversation : ConversationWrite;

/// <summary>A user's reaction begins or ends.</summary>
/// <param name="Sequence">The message.</param>
/// <param name="Key">Whose, and which.</param>
/// <param name="Stands">Whether it stands from now on.</param>
public sealed record PutReaction(long Sequence, ReactionKey Key, bool Stands) : ConversationWrite;

/// <summary>A member's read position moves forward to at least this; a position that is further stays.</summary>
/// <param name="UserId">The member.</param>
/// <param name="Sequence">The position.</param>
public sealed record AdvanceRead(UserId UserId, long Sequence) : ConversationWrite;

/// <summary>A node of the Merkle tree is complete.</summary>
/// <param name="Node">The node.</param>
public sealed record InsertMerkleNode(MerkleNode Node) : ConversationWrite;
