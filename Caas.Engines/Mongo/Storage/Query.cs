using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>One <c>find</c>.</summary>
/// <param name="Collection">One of <see cref="MongoCollections"/>.</param>
/// <param name="Filter">What; on an index.</param>
internal sealed record Query(string Collection, BsonDocument Filter)
{
    private const int OneRoundTrip = 10_000;

    /// <summary>The order; null for any.</summary>
    public BsonDocument? Sort { get; init; }

    /// <summary>The most documents; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The fields that are read; null for all.</summary>
    public BsonDocument? Fields { get; init; }

    /// <summary>Whether it is history, which the options may allow to be read behind.</summary>
    public bool IsOld { get; init; }

    public static Query ByKey(string collection, BsonValue key) => new(collection, Match.ByKey(key)) { Limit = 1 };

    public static Query ByKeys(string collection, IEnumerable<BsonValue> keys) => new(collection, Match.In(Bson.Key, keys));

    public FindOptions<BsonDocument> ToOptions(TimeSpan time) => new()
    {
        Sort = Sort,
        Limit = Limit,
        Projection = Fields,
        BatchSize = Limit ?? OneRoundTrip,
        MaxTime = time,
    };
}
