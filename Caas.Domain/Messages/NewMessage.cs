using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>
/// A message is sent. The same send again, by sender and <c>clientMessageId</c>, gives the first result for ever.
/// One's own send moves one's own read position.
/// </summary>
/// <param name="Origin">Who, and in which trace.</param>
public sealed record NewMessage(ChangeOrigin Origin) : ConversationChange(Origin)
{
    private static readonly ReadOnlyDictionary<string, ReactionCount> NoReactions =
        new(new Dictionary<string, ReactionCount>(StringComparer.Ordinal));

    /// <summary>The id that the message gets.</summary>
    public required MessageId Id { get; init; }

    /// <summary>The sender.</summary>
    public required UserId SenderId { get; init; }

    /// <summary>The sender's own id of it.</summary>
    public required string ClientMessageId { get; init; }

    /// <summary>What they say.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>16 bytes that nobody can foresee.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <inheritdoc/>
    public override ConversationNeeds Needs => new()
    {
        Sent = new ClientMessageKey(SenderId, ClientMessageId),
        ReplyTo = Content.ReplyTo,
    };

    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit))
        {
            return Error.NotFound;
        }

        if (slice.Sent is { } earlier)
        {
            return Repeat(earlier, commit);
        }

        if (Content.ReplyTo is not null && !slice.ReplyToExists)
        {
            return Error.Invalid("replyTo", "is not a message of this conversation.");
        }

        Send(commit);
        return null;
    }

    private Error? Repeat(StoredMessage earlier, ConversationCommit commit)
    {
        // After an erasure there is nothing left to compare with: the tombstone is the answer.
        var same = earlier.Fingerprint.IsEmpty || CryptographicOperations.FixedTimeEquals(
            MessageLeaf.Fingerprint(earlier.Salt.Span, Content), earlier.Fingerprint.Span);
        if (!same)
        {
            return new Error(ErrorCatalogue.ClientMessageIdReused, "clientMessageId was used for another message here.");
        }

        commit.Replay(commit.Head, earlier.Message);
        return null;
    }

    private void Send(ConversationCommit commit)
    {
        var head = commit.Head;
        var sequence = head.LastSequence + 1;
        var version = commit.NextVersion;
        var leaf = MessageLeaf.Hash(Salt.Span, head.Id, sequence, SenderId, Content.Text, Content.Attachments);
        var message = new Message
        {
            Id = Id,
            ConversationId = head.Id,
            Sequence = sequence,
            SenderId = SenderId,
            ClientMessageId = ClientMessageId,
            Text = Content.Text,
            Attachments = Content.Attachments,
            ReplyTo = Content.ReplyTo,
            Mentions = Content.Mentions,
            Reactions = NoReactions,
            Attributes = Content.Attributes,
            Leaf = Convert.ToHexStringLower(leaf),
            CreatedAt = commit.Now,
            Etag = version.ToString(CultureInfo.InvariantCulture),
        };
        var completed = new List<MerkleNode>();
        var leaves = head.Leaves.Append(leaf, completed);
        commit.Write(new InsertMessage(
            new StoredMessage(message, Salt, MessageLeaf.Fingerprint(Salt.Span, Content), version)));
        foreach (var node in completed)
        {
            commit.Write(new InsertMerkleNode(node));
        }

        commit.Write(new AdvanceRead(SenderId, sequence));
        commit.Update(current => current with { LastSequence = sequence, Leaves = leaves });
        commit.Append(EventTypes.MessageSent, new EventBody { Message = message });
        commit.Answer(message);
    }
}
