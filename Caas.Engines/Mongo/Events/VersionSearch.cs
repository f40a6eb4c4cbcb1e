using Caas.Domain.Conversations;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Events;

/// <summary>
/// Finds the newest version of a conversation at or before a position. Versions have no gaps and positions rise with
/// them, so a few of them, asked for at once, narrow the place down: one round trip where a little happened since, four
/// for a million changes, exact at any distance.
/// </summary>
internal static class VersionSearch
{
    private const int Probes = 32;

    private static readonly BsonDocument Fields = new("v", 1);

    public static async Task<long> FindAsync(
        MongoReads reads, DatabaseName name, ConversationHead head, long since, CancellationToken cancellationToken)
    {
        var low = 0L;
        var high = since == 0 ? 0 : head.Version;
        var probes = FromTheTop(high);
        while (low < high)
        {
            var query = ChangeDocuments.Some(head.Id.Value, probes) with { Fields = Fields };
            foreach (var change in await reads.FindAsync(name, query, cancellationToken))
            {
                var version = change.Number("v");
                if (ChangeDocuments.Position(change) <= since)
                {
                    low = Math.Max(low, version);
                }
                else
                {
                    high = Math.Min(high, version - 1);
                }
            }

            probes = Between(low, high);
        }

        return low;
    }

    // Mostly it was not long ago.
    private static List<long> FromTheTop(long high)
    {
        var probes = new List<long>();
        for (var distance = 0L; distance < high && probes.Count < Probes; distance = (2 * distance) + 1)
        {
            probes.Add(high - distance);
        }

        return probes;
    }

    // At least one of them is above the lower end, so that every round brings the ends nearer.
    private static List<long> Between(long low, long high)
    {
        var count = Math.Min(Probes, high - low);
        var probes = new List<long>();
        for (var i = 1; i <= count; i++)
        {
            probes.Add(low + ((high - low) * i / count));
        }

        return probes;
    }
}
