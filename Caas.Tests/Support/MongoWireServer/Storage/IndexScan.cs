using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>
/// The one use of indexes for reading: equalities on the first fields of an index, and a choice or a range on the next one.
/// It saves time only; what it finds is a superset, which the filter and the snapshot still decide upon.
/// </summary>
internal static class IndexScan
{
    /// <summary>The records that may match, in natural order; null: no index helps.</summary>
    public static IReadOnlyCollection<DocumentRecord>? Find(IEnumerable<IndexDefinition> indexes, Filter filter)
    {
        var best = indexes.Where(index => index.IsPlain)
            .Select(index => (Index: index, Bound: Bound(index, filter)))
            .MaxBy(scan => scan.Bound);
        return best.Bound == 0 ? null : [.. Ranges(best.Index, filter, best.Bound)
            .SelectMany(range => best.Index.Positions.GetViewBetween(range.Low, range.High))
            .Select(position => position.Record!).DistinctBy(record => record.Number).OrderBy(record => record.Number)];
    }

    /// <summary>How many of the first fields of the index the filter binds: by one value each, but for the last.</summary>
    private static int Bound(IndexDefinition index, Filter filter)
    {
        var fields = index.Key.Names.TakeWhile(name => filter.Bounds.ContainsKey(name)).ToArray();
        var equal = fields.TakeWhile(name => filter.Bounds[name].Choices is { Count: 1 }).Count();
        return Math.Min(equal + 1, fields.Length);
    }

    private static IEnumerable<(IndexPosition Low, IndexPosition High)> Ranges(IndexDefinition index, Filter filter, int bound)
    {
        var names = index.Key.Names.Take(bound).ToArray();
        BsonArray prefix = [.. names.SkipLast(1).Select(name => filter.Bounds[name].Choices![0])];
        var last = filter.Bounds[names[^1]];
        if (last.Choices is { } choices)
        {
            return choices.Select(choice => Between(prefix, choice, choice));
        }

        // One element of an array may lie above the lower bound and another one below the upper.
        var high = index.IsMultikey && last.Low is not null ? null : last.High;
        return [Between(prefix, last.Low ?? BsonMinKey.Value, high ?? BsonMaxKey.Value)];
    }

    // A shorter key stands before every longer one that it begins, and the greatest value after all others.
    private static (IndexPosition Low, IndexPosition High) Between(BsonArray prefix, BsonValue low, BsonValue high) => (
        new IndexPosition([.. prefix, low], null),
        new IndexPosition([.. prefix, high, BsonMaxKey.Value], null));
}
