using System.Numerics;

namespace Caas.Domain.Conversations;

/// <summary>
/// Inclusion proofs over a conversation's leaves: the hashes that lead from one leaf to the root, lowest first.
/// Source: RFC 6962 section 2.1.1.
/// </summary>
/// <param name="count">The number of leaves.</param>
/// <param name="node">
/// A complete subtree's root by height and index; height 0 is a leaf, others are multiples of
/// <see cref="MerkleFrontier.KeptHeight"/>.
/// </param>
public sealed class MerkleProof(long count, Func<int, long, ReadOnlyMemory<byte>> node)
{
    /// <summary>The path of the leaf with this index, from 0.</summary>
    public IReadOnlyList<byte[]> PathOf(long leaf)
    {
        var path = new List<byte[]>();
        Walk(leaf, 0, count, path);
        return path;
    }

    /// <summary>The root that a leaf and its path lead to; what a verifier computes.</summary>
    public static byte[] RootOf(ReadOnlySpan<byte> leafHash, long leaf, long count, IReadOnlyList<byte[]> path)
    {
        var hash = leafHash.ToArray();
        var index = leaf;
        var last = count - 1;
        foreach (var sibling in path)
        {
            if ((index & 1) == 1 || index == last)
            {
                MerkleFrontier.HashNode(sibling, hash, hash);

                // A last node without a sibling rises until it has one (RFC 9162 section 2.1.3.2).
                while ((index & 1) == 0 && index != 0)
                {
                    index >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                MerkleFrontier.HashNode(hash, sibling, hash);
            }

            index >>= 1;
            last >>= 1;
        }

        return hash;
    }

    // The range [start, start + size) holds the leaf; its other half is one step of the path.
    private void Walk(long leaf, long start, long size, List<byte[]> path)
    {
        if (size <= 1)
        {
            return;
        }

        var left = SplitOf(size);
        if (leaf < start + left)
        {
            Walk(leaf, start, left, path);
            path.Add(RootOfRange(start + left, size - left));
        }
        else
        {
            Walk(leaf, start + left, size - left, path);
            path.Add(RootOfRange(start, left));
        }
    }

    private byte[] RootOfRange(long start, long size)
    {
        if (BitOperations.IsPow2(size))
        {
            var height = BitOperations.Log2((ulong)size);
            if (height % MerkleFrontier.KeptHeight == 0)
            {
                return node(height, start >> height).ToArray();
            }
        }

        var left = SplitOf(size);
        var hash = RootOfRange(start, left);
        MerkleFrontier.HashNode(hash, RootOfRange(start + left, size - left), hash);
        return hash;
    }

    // The largest power of two below the size.
    private static long SplitOf(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
