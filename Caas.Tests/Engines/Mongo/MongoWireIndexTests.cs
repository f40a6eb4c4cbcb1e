using CsCheck;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB: an index changes how fast something is found, and never what.</summary>
public sealed class MongoWireIndexTests : MongoWireClient
{
    private static readonly string[] Operators = ["$gt", "$gte", "$lt", "$lte", "$ne", "$eq"];

    private static readonly Gen<BsonValue> Scalars = Gen.OneOf(
        Gen.Int[0, 4].Select(number => (BsonValue)number),
        Gen.Int[0, 4].Select(number => (BsonValue)(double)number),
        Gen.Char['a', 'c'].Select(letter => (BsonValue)letter.ToString()),
        Gen.Int[0, 2].Select(number => (BsonValue)new BsonDocument("x", number)),
        Gen.Const<BsonValue>(BsonNull.Value));

    private static readonly Gen<BsonValue> Values = Gen.Frequency(
        (4, Scalars), (1, Scalars.Array[0, 3].Select(values => (BsonValue)new BsonArray(values))));

    private static readonly Gen<BsonDocument> Documents = Gen.Select(
        Values.Null(), Values.Null(), (a, b) => new BsonDocument().Add("a", a, a is not null).Add("b", b, b is not null));

    private static readonly Gen<BsonValue> Conditions = Gen.OneOf(
        Values,
        Scalars.Array[0, 3].Select(values => (BsonValue)new BsonDocument("$in", new BsonArray(values))),
        Gen.Select(Gen.Int[0, 5], Scalars, (name, value) => (BsonValue)new BsonDocument(Operators[name], value)),
        Gen.Select(Scalars, Scalars, (low, high) => (BsonValue)new BsonDocument { ["$gte"] = low, ["$lt"] = high }));

    private static readonly Gen<BsonDocument> Filters = Gen.Select(
        Conditions, Conditions.Null(), (a, b) => new BsonDocument("a", a).Add("b", b, b is not null));

    [Fact]
    public async Task An_index_finds_what_a_scan_finds()
    {
        var indexed = Database.GetCollection<BsonDocument>("indexed");
        await indexed.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(Json("{ a: 1, b: -1 }")), cancellationToken: Ct);
        var found = 0;
        await Gen.Select(Documents.Array[1, 20], Filters.Array[1, 5]).SampleAsync(
            async (documents, filters) =>
            {
                await FillAsync(Things, documents);
                await FillAsync(indexed, documents);
                foreach (var filter in filters)
                {
                    var scanned = await IdsOfAsync(Things, filter);
                    (await IdsOfAsync(indexed, filter)).ShouldBe(scanned, filter.ToString());
                    found += scanned.Length;
                }
            },
            iter: 100,
            threads: 1);
        found.ShouldBeGreaterThan(100);
    }

    private static async Task FillAsync(IMongoCollection<BsonDocument> collection, BsonDocument[] documents)
    {
        await collection.DeleteManyAsync(Json("{ }"), Ct);
        var numbered = documents.Select((document, id) => new BsonDocument("_id", id).AddRange(document));
        await collection.InsertManyAsync(numbered, cancellationToken: Ct);
        await collection.UpdateOneAsync(Json("{ _id: 0 }"), Json("{ $set: { a: 1, b: 2 } }"), cancellationToken: Ct);
    }

    private static async Task<string> IdsOfAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter)
    {
        using var cursor = await collection.FindAsync(filter, cancellationToken: Ct);
        return string.Join(' ', (await cursor.ToListAsync(Ct)).Select(document => document["_id"]));
    }
}
