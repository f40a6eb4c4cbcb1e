using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>Sums of BSON numbers: 32 bits widen to 64, 64 overflow is an error, a double makes a double.</summary>
internal static class Numbers
{
    public static BsonValue? Add(BsonValue? x, BsonValue? y) => (x, y) switch
    {
        (null or BsonNull, _) or (_, null or BsonNull) => BsonNull.Value,
        (BsonDateTime date, BsonInt32 or BsonInt64) => new BsonDateTime(date.MillisecondsSinceEpoch + y.ToInt64()),
        (BsonInt32 a, BsonInt32 b) => Narrow((long)a.Value + b.Value),
        (BsonInt32 or BsonInt64, BsonInt32 or BsonInt64) => Checked(x.ToInt64(), y.ToInt64()),
        ({ IsNumeric: true }, { IsNumeric: true }) when x is BsonDecimal128 || y is BsonDecimal128 =>
            new BsonDecimal128(x.ToDecimal() + y.ToDecimal()),
        ({ IsNumeric: true }, { IsNumeric: true }) => new BsonDouble(x.ToDouble() + y.ToDouble()),
        _ => throw new CommandFailure(
            MongoErrors.TypeMismatch, $"Cannot add a value of type {y.BsonType} to one of type {x.BsonType}"),
    };

    public static BsonValue? Subtract(BsonValue? x, BsonValue? y) => (x, y) switch
    {
        (BsonDateTime a, BsonDateTime b) => a.MillisecondsSinceEpoch - b.MillisecondsSinceEpoch,
        (BsonInt32 a, BsonInt32 b) => Narrow((long)a.Value - b.Value),
        (_, BsonInt32 or BsonInt64) => Add(x, new BsonInt64(-y.ToInt64())),
        (_, BsonDouble b) => Add(x, -b.Value),
        (_, null or BsonNull) => BsonNull.Value,
        _ => throw new CommandFailure(MongoErrors.TypeMismatch, $"Cannot subtract a value of type {y.BsonType}"),
    };

    private static BsonValue Narrow(long sum) =>
        sum is >= int.MinValue and <= int.MaxValue ? new BsonInt32((int)sum) : new BsonInt64(sum);

    private static BsonInt64 Checked(long a, long b)
    {
        try
        {
            return new BsonInt64(checked(a + b));
        }
        catch (OverflowException)
        {
            throw CommandFailure.BadValue($"The sum of {a} and {b} does not fit into 64 bits");
        }
    }
}
