using MongoDB.Bson;

namespace Caas.Engines.Mongo.Storage;

/// <summary>The filters, updates and orders that commands are made of. Values are values: nothing is built from text.</summary>
internal static class Match
{
    public static BsonDocument ByKey(BsonValue key) => new(Bson.Key, key);

    public static BsonDocument In(string field, IEnumerable<BsonValue> values) =>
        new(field, new BsonDocument("$in", new BsonArray(values)));

    public static BsonDocument Above(BsonValue value) => new("$gt", value);

    public static BsonDocument Below(BsonValue value) => new("$lt", value);

    public static BsonDocument NotAbove(BsonValue value) => new("$lte", value);

    public static BsonDocument Absent { get; } = new("$exists", false);

    public static BsonDocument Present { get; } = new("$exists", true);

    /// <summary>
    /// Everything whose key is a document that begins with this one: documents are compared field by field, so that is one
    /// range of the index.
    /// </summary>
    public static BsonDocument Prefix(BsonDocument prefix, string next) => Between(
        new BsonDocument(prefix).Add(next, BsonMinKey.Value), new BsonDocument(prefix).Add(next, BsonMaxKey.Value));

    public static BsonDocument Between(BsonValue from, BsonValue to) => new() { { "$gte", from }, { "$lte", to } };

    public static BsonDocument Set(BsonDocument fields) => new("$set", fields);

    public static BsonDocument Ascending(params string[] fields) => Order(fields, 1);

    public static BsonDocument Descending(params string[] fields) => Order(fields, -1);

    private static BsonDocument Order(string[] fields, int direction) =>
        [.. fields.Select(field => new BsonElement(field, direction))];
}
