using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Messages;

/// <summary>
/// Reads the hashes that an inclusion proof is made from. Nodes are kept at every eighth height, so that a subtree's
/// root is made from at most 256 nodes of the kept height below it. A proof of leaf m among n leaves needs, at each
/// kept height, the group of 256 that m falls into, and the last group, from which the right edge is made. Leaves and
/// nodes never change, so they may be read behind.
/// </summary>
internal sealed class ProofReader(MongoReads reads)
{
    private const int GroupBits = MerkleFrontier.KeptHeight;

    private static readonly BsonDocument LeafFields = new() { { "n", 1 }, { "leaf", 1 } };

    /// <summary>What the proof of message <paramref name="sequence"/> among the first <paramref name="count"/> reads.</summary>
    public async ValueTask<ProofMaterial?> ReadAsync(
        DatabaseName name, ConversationId id, long sequence, long count, CancellationToken cancellationToken)
    {
        if (sequence < 1 || sequence > count)
        {
            return null;
        }

        // The salt goes when the message is erased, so it is read from where that is known.
        var both = new BsonDocument("$in", new BsonArray { sequence, count });
        var found = await reads.FindAsync(name, MessageDocuments.Range(id, both, descending: false, limit: 2), cancellationToken);
        var message = found.Find(document => MessageDocuments.Sequence(document) == sequence);
        if (message is null || MessageDocuments.Sequence(found[^1]) != count)
        {
            return null;
        }

        var nodes = await NodesAsync(name, id, sequence - 1, count, cancellationToken);
        return new ProofMaterial(MessageDocuments.Salt(message), (height, index) => nodes[(height, index)]);
    }

    private async Task<Dictionary<(int Height, long Index), byte[]>> NodesAsync(
        DatabaseName name, ConversationId id, long leaf, long count, CancellationToken cancellationToken)
    {
        var groups = new List<Task<List<(int Height, long Index, byte[] Hash)>>>();
        for (var height = 0; count >> height > 0; height += GroupBits)
        {
            var end = (count >> height) - 1;
            foreach (var group in new HashSet<long> { leaf >> height >> GroupBits, count >> height >> GroupBits })
            {
                groups.Add(ReadGroupAsync(name, id, height, group, end, cancellationToken));
            }
        }

        var all = await Task.WhenAll(groups);
        return all.SelectMany(static group => group).ToDictionary(static one => (one.Height, one.Index), static one => one.Hash);
    }

    private async Task<List<(int Height, long Index, byte[] Hash)>> ReadGroupAsync(
        DatabaseName name, ConversationId id, int height, long group, long end, CancellationToken cancellationToken)
    {
        var first = group << GroupBits;
        var last = Math.Min(end, first + (1 << GroupBits) - 1);
        if (first > last)
        {
            return [];
        }

        if (height > 0)
        {
            var nodes = await reads.FindAsync(name, PartDocuments.NodesOf(id, height, first, last), cancellationToken);
            return nodes.ConvertAll(document => PartDocuments.ReadNode(document) is var (index, hash) ? (height, index, hash) : default);
        }

        var sequences = Match.Between(first + 1, last + 1);
        var leaves = await reads.FindAsync(
            name,
            MessageDocuments.Range(id, sequences, descending: false, 1 << GroupBits) with { Fields = LeafFields, IsOld = true },
            cancellationToken);
        return leaves.ConvertAll(static document =>
            (0, MessageDocuments.Sequence(document) - 1, MessageDocuments.Leaf(document)));
    }
}
