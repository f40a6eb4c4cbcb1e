using System.Numerics;
using System.Security.Cryptography;

namespace Caas.Domain.Conversations;

/// <summary>
/// The right edge of an append-only Merkle tree: the roots of its complete subtrees, largest first, one for each bit
/// that is set in the number of leaves. Enough to append a leaf and to know the root. Immutable.
/// Source: RFC 6962 section 2.1 (leaf = SHA-256(0x00, entry), node = SHA-256(0x01, left, right)).
/// </summary>
public sealed class MerkleFrontier
{
    /// <summary>The length of a hash, in bytes.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>The height of the subtrees whose roots are kept: proofs read 256 hashes a level of these.</summary>
    public const int KeptHeight = 8;

    private readonly byte[] _peaks;

    private MerkleFrontier(long count, byte[] peaks)
    {
        Count = count;
        _peaks = peaks;
    }

    /// <summary>The tree without leaves.</summary>
    public static MerkleFrontier Empty { get; } = new(0, []);

    /// <summary>The number of leaves.</summary>
    public long Count { get; }

    /// <summary>The hashes, largest subtree first; what a store keeps beside <see cref="Count"/>.</summary>
    public ReadOnlyMemory<byte> Peaks => _peaks;

    /// <summary>The frontier that a store kept; an <see cref="ArgumentException"/> where the two do not fit.</summary>
    public static MerkleFrontier Restore(long count, ReadOnlySpan<byte> peaks)
    {
        if (count < 0 || peaks.Length != BitOperations.PopCount((ulong)count) * HashBytes)
        {
            throw new ArgumentException("The peaks do not fit the number of leaves.", nameof(peaks));
        }

        return count == 0 ? Empty : new MerkleFrontier(count, peaks.ToArray());
    }

    /// <summary>
    /// The frontier with one more leaf. Where the leaf completes subtrees whose height is a multiple of
    /// <see cref="KeptHeight"/>, their roots are added to <paramref name="completed"/>, lowest first.
    /// </summary>
    public MerkleFrontier Append(ReadOnlySpan<byte> leaf, List<MerkleNode>? completed)
    {
        var merges = BitOperations.TrailingZeroCount(~(ulong)Count);
        Span<byte> node = stackalloc byte[HashBytes];
        leaf.CopyTo(node);
        for (var height = 1; height <= merges; height++)
        {
            HashNode(_peaks.AsSpan(_peaks.Length - (height * HashBytes), HashBytes), node, node);
            if (height % KeptHeight == 0)
            {
                completed?.Add(new MerkleNode(height, Count >> height, node.ToArray()));
            }
        }

        var kept = _peaks.Length - (merges * HashBytes);
        var peaks = new byte[kept + HashBytes];
        _peaks.AsSpan(0, kept).CopyTo(peaks);
        node.CopyTo(peaks.AsSpan(kept));
        return new MerkleFrontier(Count + 1, peaks);
    }

    /// <summary>The root: of no leaves, SHA-256 of nothing.</summary>
    public byte[] Root()
    {
        if (Count == 0)
        {
            return SHA256.HashData([]);
        }

        var root = _peaks[^HashBytes..];
        for (var at = _peaks.Length - (2 * HashBytes); at >= 0; at -= HashBytes)
        {
            HashNode(_peaks.AsSpan(at, HashBytes), root, root);
        }

        return root;
    }

    /// <summary>The hash of a node over its two children; <paramref name="into"/> may be one of them.</summary>
    public static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> into)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashBytes)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashBytes)..]);
        SHA256.HashData(input, into);
    }
}

/// <summary>The root of a complete subtree.</summary>
/// <param name="Height">Its height: it covers 2^height leaves.</param>
/// <param name="Index">Its place among the subtrees of its height, from 0.</param>
/// <param name="Hash">The root.</param>
public sealed record MerkleNode(int Height, long Index, byte[] Hash);
