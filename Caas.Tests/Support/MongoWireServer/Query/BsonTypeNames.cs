using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Query;

/// <summary>The names that <c>$type</c> and <c>bsonType</c> give to types.</summary>
internal static class BsonTypeNames
{
    public static Predicate<BsonValue> Test(BsonValue name) => name switch
    {
        BsonString { Value: "number" } => value => BsonOrder.Rank(value) == 10,
        BsonString text when Of(text.Value) is { } type => value => value.BsonType == type,
        _ => throw CommandFailure.BadValue($"Unknown type name alias: {name}"),
    };

    private static BsonType? Of(string name) => name switch
    {
        "double" => BsonType.Double,
        "string" => BsonType.String,
        "object" => BsonType.Document,
        "array" => BsonType.Array,
        "binData" => BsonType.Binary,
        "objectId" => BsonType.ObjectId,
        "bool" => BsonType.Boolean,
        "date" => BsonType.DateTime,
        "null" => BsonType.Null,
        "int" => BsonType.Int32,
        "timestamp" => BsonType.Timestamp,
        "long" => BsonType.Int64,
        "decimal" => BsonType.Decimal128,
        _ => null,
    };
}
