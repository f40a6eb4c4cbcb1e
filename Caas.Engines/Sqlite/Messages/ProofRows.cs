using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Messages;

/// <summary>
/// Reads the hashes that an inclusion proof is made from. Nodes are kept at every eighth height, so that a subtree's
/// root is made from at most 256 nodes of the kept height below it. A proof of leaf m among n leaves needs, at each
/// kept height, the group of 256 that m falls into, and the last group, from which the right edge is made.
/// </summary>
internal static class ProofRows
{
    private const int GroupBits = MerkleFrontier.KeptHeight;

    private const string SelectSalt = """
        SELECT s.salt, c.last_sequence FROM messages s JOIN conversations c ON c.id = s.conversation_id
        WHERE s.conversation_id = ? AND s.sequence = ?
        """;

    private const string SelectLeaves = """
        SELECT sequence - 1, leaf FROM messages WHERE conversation_id = ?1 AND ?2 = 0 AND sequence BETWEEN ?3 + 1 AND ?4 + 1
        """;

    private const string SelectNodes = """
        SELECT place, hash FROM merkle_nodes WHERE conversation_id = ?1 AND height = ?2 AND place BETWEEN ?3 AND ?4
        """;

    /// <summary>What the proof of message <paramref name="sequence"/> among the first <paramref name="count"/> reads.</summary>
    public static ProofMaterial? Read(Connection connection, ConversationId id, long sequence, long count)
    {
        var row = connection.Prepare(SelectSalt).Bind(id.Value).Bind(sequence);
        if (sequence < 1 || sequence > count || !row.Step())
        {
            row.Reset();
            return null;
        }

        var salt = row.Blob(0).ToArray();
        var last = row.Int64(1);
        row.Reset();
        return count > last ? null : new ProofMaterial(salt, Nodes(connection, id, sequence - 1, count));
    }

    private static Func<int, long, ReadOnlyMemory<byte>> Nodes(Connection connection, ConversationId id, long leaf, long count)
    {
        var nodes = new Dictionary<(int, long), byte[]>();
        for (var height = 0; count >> height > 0; height += GroupBits)
        {
            var end = (count >> height) - 1;
            ReadGroup(connection, id, nodes, height, leaf >> height >> GroupBits, end);
            ReadGroup(connection, id, nodes, height, count >> height >> GroupBits, end);
        }

        return (height, index) => nodes[(height, index)];
    }

    private static void ReadGroup(
        Connection connection, ConversationId id, Dictionary<(int, long), byte[]> nodes, int height, long group, long end)
    {
        var first = group << GroupBits;
        var row = connection.Prepare(height == 0 ? SelectLeaves : SelectNodes)
            .Bind(id.Value).Bind(height).Bind(first).Bind(Math.Min(end, first + (1 << GroupBits) - 1));
        while (row.Step())
        {
            nodes[(height, row.Int64(0))] = row.Blob(1).ToArray();
        }
    }
}
