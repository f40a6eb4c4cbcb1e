using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>
/// The order of BSON values: by type first (null, numbers, string, object, array, binary, object id, boolean, date,
/// timestamp), then by value; numbers of different types are equal when their values are.
/// </summary>
internal sealed class BsonOrder : IComparer<BsonValue>, IEqualityComparer<BsonValue>
{
    public static BsonOrder Instance { get; } = new();

    public int Compare(BsonValue? x, BsonValue? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        _ when Rank(x) != Rank(y) => Rank(x).CompareTo(Rank(y)),
        _ => CompareSameRank(x, y),
    };

    public bool Equals(BsonValue? x, BsonValue? y) => Compare(x, y) == 0;

    public int GetHashCode(BsonValue obj) => obj switch
    {
        BsonString text => text.Value.GetHashCode(StringComparison.Ordinal),
        BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128 => obj.ToDouble().GetHashCode(),
        BsonArray array => array.Aggregate(25, (hash, element) => HashCode.Combine(hash, GetHashCode(element))),
        BsonDocument document => document.Aggregate(
            20, (hash, element) => HashCode.Combine(hash, element.Name, GetHashCode(element.Value))),
        _ => obj.GetHashCode(),
    };

    /// <summary>Where a type stands; the values of one rank compare, and a range operator stays inside it.</summary>
    public static int Rank(BsonValue value) => value.BsonType switch
    {
        BsonType.MinKey => -1,
        BsonType.Undefined => 0,
        BsonType.Null => 5,
        BsonType.Int32 or BsonType.Int64 or BsonType.Double or BsonType.Decimal128 => 10,
        BsonType.String or BsonType.Symbol => 15,
        BsonType.Document => 20,
        BsonType.Array => 25,
        BsonType.Binary => 30,
        BsonType.ObjectId => 35,
        BsonType.Boolean => 40,
        BsonType.DateTime => 45,
        BsonType.Timestamp => 47,
        BsonType.RegularExpression => 50,
        BsonType.MaxKey => 127,
        _ => throw CommandFailure.BadValue($"Values of type {value.BsonType} are not known to this server"),
    };

    private int CompareSameRank(BsonValue x, BsonValue y) => x switch
    {
        BsonString => CompareText(x.AsString, y.AsString),
        BsonDocument document => CompareDocuments(document, y.AsBsonDocument),
        BsonArray array => CompareArrays(array, y.AsBsonArray),
        BsonBinaryData binary => CompareBinary(binary, y.AsBsonBinaryData),
        BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128 => CompareNumbers(x, y),
        BsonTimestamp timestamp => ((ulong)timestamp.Value).CompareTo((ulong)y.AsBsonTimestamp.Value),
        _ => x.CompareTo(y),
    };

    // The order of UTF-8 bytes: that of UTF-16 units but for surrogates, which stand above every other unit.
    private static int CompareText(string x, string y)
    {
        var same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        var (high, otherHigh) = (char.IsSurrogate(x[same]), char.IsSurrogate(y[same]));
        return high == otherHigh ? x[same].CompareTo(y[same]) : high.CompareTo(otherHigh);
    }

    private static int CompareNumbers(BsonValue x, BsonValue y) => (x, y) switch
    {
        (BsonInt32 or BsonInt64, BsonInt32 or BsonInt64) => x.ToInt64().CompareTo(y.ToInt64()),
        (BsonDecimal128, _) or (_, BsonDecimal128) => Decimal128.Compare(x.ToDecimal128(), y.ToDecimal128()),
        (BsonInt64 whole, BsonDouble real) => CompareWhole(whole.Value, real.Value),
        (BsonDouble real, BsonInt64 whole) => -CompareWhole(whole.Value, real.Value),
        _ => x.ToDouble().CompareTo(y.ToDouble()),
    };

    // A double cannot hold every long: inside the range of long the whole parts are compared as such.
    private static int CompareWhole(long whole, double real) => real switch
    {
        double.NaN => 1,
        >= 9.2233720368547758e18 => -1,
        < -9.2233720368547758e18 => 1,
        _ when whole != (long)real => whole.CompareTo((long)real),
        _ => 0d.CompareTo(real - Math.Truncate(real)),
    };

    private int CompareDocuments(BsonDocument x, BsonDocument y)
    {
        for (var i = 0; i < Math.Min(x.ElementCount, y.ElementCount); i++)
        {
            var (one, other) = (x.GetElement(i), y.GetElement(i));
            var order = Rank(one.Value).CompareTo(Rank(other.Value));
            order = order != 0 ? order : CompareText(one.Name, other.Name);
            order = order != 0 ? order : Compare(one.Value, other.Value);
            if (order != 0)
            {
                return order;
            }
        }

        return x.ElementCount.CompareTo(y.ElementCount);
    }

    private int CompareArrays(BsonArray x, BsonArray y)
    {
        for (var i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            if (Compare(x[i], y[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return x.Count.CompareTo(y.Count);
    }

    private static int CompareBinary(BsonBinaryData x, BsonBinaryData y)
    {
        var order = x.Bytes.Length.CompareTo(y.Bytes.Length);
        order = order != 0 ? order : x.SubType.CompareTo(y.SubType);
        return order != 0 ? order : x.Bytes.AsSpan().SequenceCompareTo(y.Bytes);
    }
}
