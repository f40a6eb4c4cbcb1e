using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>
/// Reads messages. Every read names the user for whom it is: only conversations that they are a member of now, only
/// messages from their <c>fromSequence</c> on, with <c>mine</c> set. A null user is the control plane and sees all. A read sees
/// every commit that was answered before it began. Thread-safe.
/// </summary>
public interface IMessageReader
{
    /// <summary>One message, a tombstone included; null where the user may not see it.</summary>
    ValueTask<Message?> FindAsync(ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken);

    /// <summary>
    /// A page of a conversation, newest first; costs the same at the start, in the middle and at the end of it.
    /// Empty where the user is not a member.
    /// </summary>
    ValueTask<IReadOnlyList<Message>> ListAsync(
        ClientId clientId, UserId? userId, ConversationId conversationId, MessageRange range, int limit, CancellationToken cancellationToken);

    /// <summary>The messages that answer this one, newest first, below a sequence number (exclusive).</summary>
    ValueTask<IReadOnlyList<Message>> ListRepliesAsync(
        ClientId clientId, UserId? userId, MessageId messageId, long before, int limit, CancellationToken cancellationToken);

    /// <summary>What the message said before its edits, oldest first; empty where it never was edited or may not be seen.</summary>
    ValueTask<IReadOnlyList<Revision>> ListRevisionsAsync(
        ClientId clientId, UserId? userId, MessageId messageId, CancellationToken cancellationToken);

    /// <summary>
    /// The salt and leaf of one message and the leaves and kept nodes that its proof is made from; null where the
    /// conversation has no such sequence number.
    /// </summary>
    ValueTask<ProofMaterial?> ReadProofAsync(
        ClientId clientId, ConversationId conversationId, long sequence, long count, CancellationToken cancellationToken);
}

/// <summary>Which part of a conversation a page holds. Bounds are exclusive.</summary>
/// <param name="Kind">From which side it is filled.</param>
/// <param name="Sequence">The bound, or the middle.</param>
public readonly record struct MessageRange(MessageRangeKind Kind, long Sequence)
{
    /// <summary>The newest messages.</summary>
    public static MessageRange Newest { get; } = new(MessageRangeKind.Before, long.MaxValue);
}

/// <summary>From which side a page of messages is filled.</summary>
public enum MessageRangeKind
{
    /// <summary>The nearest messages below the sequence number.</summary>
    Before,

    /// <summary>The nearest messages above the sequence number.</summary>
    After,

    /// <summary>The message itself and its nearest neighbours on both sides.</summary>
    Around,
}

/// <summary>What an inclusion proof is made from.</summary>
/// <param name="Salt">The salt of the leaf; empty where the content was erased.</param>
/// <param name="Node">
/// Gives a node of the tree over the first <c>count</c> leaves by height and index: height 0 is a leaf, others are
/// multiples of <see cref="Conversations.MerkleFrontier.KeptHeight"/>; only those that the proof reads are there.
/// </param>
public sealed record ProofMaterial(ReadOnlyMemory<byte> Salt, Func<int, long, ReadOnlyMemory<byte>> Node);
