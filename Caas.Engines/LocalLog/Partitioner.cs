using System.Buffers.Binary;

namespace Caas.Engines.LocalLog;

/// <summary>
/// The partition of a key: murmur2 with Kafka's seed, as Kafka's default partitioner does it, so that a topic keeps its
/// keys together when it moves to a cluster. Source: org.apache.kafka.common.utils.Utils.murmur2 and toPositive.
/// </summary>
internal static class Partitioner
{
    private const uint Multiplier = 0x5bd1e995;
    private const int Shift = 24;

    /// <summary>The partition of the UTF-8 bytes of a key.</summary>
    public static int Of(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    /// <summary>The hash, as Kafka's Java client computes it.</summary>
    internal static uint Hash(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var hash = 0x9747b28cu ^ (uint)key.Length;
            while (key.Length >= sizeof(uint))
            {
                var block = BinaryPrimitives.ReadUInt32LittleEndian(key) * Multiplier;
                hash = (hash * Multiplier) ^ ((block ^ (block >> Shift)) * Multiplier);
                key = key[sizeof(uint)..];
            }

            hash = MixRest(hash, key);
            hash = (hash ^ (hash >> 13)) * Multiplier;
            return hash ^ (hash >> 15);
        }
    }

    private static uint MixRest(uint hash, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return hash;
        }

        for (var i = 0; i < rest.Length; i++)
        {
            hash ^= (uint)rest[i] << (8 * i);
        }

        return unchecked(hash * Multiplier);
    }
}
