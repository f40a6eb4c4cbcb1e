using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>Tells the numbers and the Merkle root of a conversation, and proves that one message is in it.</summary>
public sealed class ReadSequence(IMessageReader messages)
{
    /// <summary>Reads; <c>validation_failed</c> where the proof is not of a message of this conversation.</summary>
    public async ValueTask<Result<SequenceAnswer>> ExecuteAsync(
        Caller caller, ConversationView view, string? proof, CancellationToken cancellationToken)
    {
        var head = view.Head;
        var answer = new SequenceAnswer(
            head.LastSequence == 0 ? 0 : 1,
            head.LastSequence,
            head.LastSequence,
            head.Version,
            Convert.ToHexStringLower(head.Leaves.Root()),
            Proof: null);
        if (proof is null)
        {
            return answer;
        }

        // Who may not read a message must not get its salt: with it, a short text can be guessed.
        if (!long.TryParse(proof, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || sequence < Math.Max(1, view.Member?.FromSequence ?? 1)
            || await messages.ReadProofAsync(caller.ClientId, head.Id, sequence, head.LastSequence, cancellationToken)
                is not { } material)
        {
            return Error.Invalid("proof", "must be the sequence number of a message of this conversation.");
        }

        var path = new MerkleProof(head.LastSequence, material.Node).PathOf(sequence - 1);
        return answer with
        {
            Proof = new InclusionProof(
                sequence,
                Convert.ToHexStringLower(material.Node(0, sequence - 1).Span),
                material.Salt.IsEmpty ? null : Convert.ToHexStringLower(material.Salt.Span),
                [.. path.Select(Convert.ToHexStringLower)]),
        };
    }
}

/// <summary>The numbers of a conversation.</summary>
/// <param name="First">The first sequence number; 0 where there is no message.</param>
/// <param name="Last">The last sequence number; 0 where there is no message.</param>
/// <param name="Count">How many messages there are, tombstones included.</param>
/// <param name="Version">The version of the newest change.</param>
/// <param name="Root">The Merkle root over the messages' leaves (RFC 6962), in hexadecimal.</param>
/// <param name="Proof">The inclusion proof that was asked for.</param>
public sealed record SequenceAnswer(
    long First,
    long Last,
    long Count,
    long Version,
    string Root,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    InclusionProof? Proof);

/// <summary>That one message is in the conversation.</summary>
/// <param name="Sequence">The message.</param>
/// <param name="Leaf">Its leaf, in hexadecimal.</param>
/// <param name="Salt">The salt of the leaf, to compute it from the message; null once the content was erased.</param>
/// <param name="Path">The hashes from the leaf to the root, lowest first, in hexadecimal.</param>
public sealed record InclusionProof(long Sequence, string Leaf, string? Salt, IReadOnlyList<string> Path);
