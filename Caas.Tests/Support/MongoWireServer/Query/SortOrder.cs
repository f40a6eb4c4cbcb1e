using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>An order by several paths; an array counts by its least value ascending, by its greatest descending.</summary>
internal sealed class SortOrder : IComparer<BsonDocument>
{
    private readonly (DocumentPath Path, int Direction)[] _keys;

    private SortOrder((DocumentPath Path, int Direction)[] keys) => _keys = keys;

    public static SortOrder Parse(BsonDocument specification) => new([.. specification.Select(key => (
        new DocumentPath(key.Name),
        key.Value.IsNumeric && key.Value.ToInt32() is 1 or -1
            ? key.Value.ToInt32()
            : throw CommandFailure.BadValue($"Illegal key in $sort specification: {key}")))]);

    public int Compare(BsonDocument? x, BsonDocument? y)
    {
        foreach (var (path, direction) in _keys)
        {
            var order = BsonOrder.Instance.Compare(Key(x!, path, direction), Key(y!, path, direction)) * direction;
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static BsonValue Key(BsonDocument document, DocumentPath path, int direction)
    {
        var values = path.Leaves(document).SelectMany(leaf => leaf switch
        {
            null => [BsonNull.Value],
            BsonArray { Count: 0 } => [BsonUndefined.Value],
            BsonArray array => array,
            _ => (IEnumerable<BsonValue>)[leaf],
        });
        var key = direction > 0 ? values.Min(BsonOrder.Instance) : values.Max(BsonOrder.Instance);
        return key ?? BsonNull.Value;
    }
}
