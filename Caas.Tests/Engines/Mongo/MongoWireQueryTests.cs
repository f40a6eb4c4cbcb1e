using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>The stand-in for MongoDB: filters, sorts, updates and pipelines.</summary>
public sealed class MongoWireQueryTests : MongoWireClient
{
    // What the driver asks by itself, at any moment.
    private const string Heartbeat = "hello";

    [Theory]
    [InlineData("{ n: 2 }", "2 3")]
    [InlineData("{ n: { $gt: 1, $lte: 2 } }", "2 3")]
    [InlineData("{ n: { $gte: 'a' } }", "5")]
    [InlineData("{ n: { $lt: 'b' } }", "5")]
    [InlineData("{ _id: { $gt: 5, $lt: 2 } }", "")]
    [InlineData("{ n: { $ne: 2 } }", "1 4 5 6")]
    [InlineData("{ n: { $in: [1, 'a'] } }", "1 5")]
    [InlineData("{ n: { $nin: [1, 2, null] } }", "5")]
    [InlineData("{ n: null }", "4 6")]
    [InlineData("{ n: { $exists: false } }", "6")]
    [InlineData("{ n: { $type: 'string' } }", "5")]
    [InlineData("{ n: { $type: 'number' } }", "1 2 3")]
    [InlineData("{ n: { $not: { $gte: 2 } } }", "1 4 5 6")]
    [InlineData("{ 'who.name': 'ann' }", "1 2")]
    [InlineData("{ who: { name: 'ann' } }", "1")]
    [InlineData("{ 'who.0.name': 'ann' }", "2")]
    [InlineData("{ who: { $elemMatch: { name: 'bob', age: { $lt: 40 } } } }", "2")]
    [InlineData("{ 'who.name': 'ann', 'who.age': { $gt: 40 } }", "2")]
    [InlineData("{ tags: 'x' }", "1 3")]
    [InlineData("{ tags: ['x', 'y'] }", "3")]
    [InlineData("{ tags: { $all: ['y', 'x'] } }", "3")]
    [InlineData("{ tags: { $size: 2 } }", "3")]
    [InlineData("{ tags: { $elemMatch: { $gt: 'x' } } }", "3")]
    [InlineData("{ name: { $regex: '^al' } }", "1")]
    [InlineData("{ name: /^AL/i }", "1")]
    [InlineData("{ $or: [{ n: 1 }, { _id: 6 }] }", "1 6")]
    [InlineData("{ $and: [{ n: 2 }, { tags: 'x' }] }", "3")]
    [InlineData("{ $nor: [{ n: 2 }, { n: null }] }", "1 5")]
    [InlineData("{ $expr: { $gt: ['$n', '$m'] } }", "2 5")]
    public async Task A_filter_finds_what_it_says(string filter, string ids)
    {
        await InsertAsync(
            "{ _id: 1, n: 1, m: 1, who: { name: 'ann' }, tags: 'x', name: 'alma' }",
            "{ _id: 2, n: 2, m: 1, who: [{ name: 'ann', age: 41 }, { name: 'bob', age: 39 }] }",
            "{ _id: 3, n: { $numberLong: '2' }, m: 2.0, tags: ['x', 'y'], name: 'halal' }",
            "{ _id: 4, n: null, m: 0 }",
            "{ _id: 5, n: 'a', m: 7 }",
            "{ _id: 6, m: 7 }");
        (await IdsAsync(filter)).ShouldBe(ids);
    }

    [Fact]
    public async Task Values_of_different_types_have_one_order()
    {
        await InsertAsync(
            "{ _id: 1, v: { $timestamp: { t: 1, i: 1 } } }", "{ _id: 2, v: { $date: 0 } }", "{ _id: 3, v: true }",
            "{ _id: 4, v: { $oid: '000000000000000000000001' } }", "{ _id: 5, v: { $binary: { base64: 'AA==', subType: '00' } } }",
            "{ _id: 7, v: { a: 1 } }", "{ _id: 8, v: 'a' }", "{ _id: 9, v: 2.5 }", "{ _id: 10, v: { $numberLong: '2' } }", "{ _id: 11 }");
        (await IdsAsync("{ }", "{ v: 1 }")).ShouldBe("11 10 9 8 7 5 4 3 2 1");
        (await IdsAsync("{ }", "{ v: -1 }")).ShouldBe("1 2 3 4 5 7 8 9 10 11");
    }

    [Fact]
    public async Task A_find_sorts_skips_limits_and_projects()
    {
        await InsertAsync([.. Enumerable.Range(0, 10).Select(id => $"{{ _id: {id}, room: {id % 2}, a: {{ b: {id}, c: 1 }} }}")]);
        var options = new FindOptions<BsonDocument>
        {
            Sort = Json("{ room: -1, _id: 1 }"),
            Skip = 1,
            Limit = 2,
            Projection = Json("{ 'a.b': 1, _id: 0 }"),
        };
        var found = await FindAsync("{ }", options);
        found.ShouldBe([Json("{ a: { b: 3 } }"), Json("{ a: { b: 5 } }")]);
        var excluding = new FindOptions<BsonDocument> { Projection = Json("{ a: { c: 0 }, room: 0 }") };
        (await FindAsync("{ _id: 4 }", excluding)).ShouldBe([Json("{ _id: 4, a: { b: 4 } }")]);
    }

    [Theory]
    [InlineData("{ $set: { 'a.b.c': 1 } }", "{ _id: 1, n: 5, list: [1, 2, 3], a: { b: { c: 1 } } }")]
    [InlineData("{ $unset: { n: 1, nothing: 1 } }", "{ _id: 1, list: [1, 2, 3] }")]
    [InlineData("{ $inc: { n: 2, m: 1 } }", "{ _id: 1, n: 7, list: [1, 2, 3], m: 1 }")]
    [InlineData("{ $max: { n: 4, m: 1 } }", "{ _id: 1, n: 5, list: [1, 2, 3], m: 1 }")]
    [InlineData("{ $min: { n: 4 } }", "{ _id: 1, n: 4, list: [1, 2, 3] }")]
    [InlineData("{ $push: { list: { $each: [4, 5], $slice: -3 } } }", "{ _id: 1, n: 5, list: [3, 4, 5] }")]
    [InlineData("{ $push: { list: { x: 1 } } }", "{ _id: 1, n: 5, list: [1, 2, 3, { x: 1 }] }")]
    [InlineData("{ $pull: { list: { $gte: 2 } } }", "{ _id: 1, n: 5, list: [1] }")]
    [InlineData("{ $pull: { list: 2 } }", "{ _id: 1, n: 5, list: [1, 3] }")]
    [InlineData("{ $addToSet: { list: { $each: [3, 4] } } }", "{ _id: 1, n: 5, list: [1, 2, 3, 4] }")]
    [InlineData("{ $set: { 'list.1': 9 } }", "{ _id: 1, n: 5, list: [1, 9, 3] }")]
    [InlineData("{ $setOnInsert: { n: 0 } }", "{ _id: 1, n: 5, list: [1, 2, 3] }")]
    [InlineData("[{ $set: { n: { $add: ['$n', 1] }, m: { $ifNull: ['$m', 0] } } }, { $unset: 'list' }]", "{ _id: 1, n: 6, m: 0 }")]
    [InlineData("[{ $set: { n: { $cond: [{ $gt: ['$n', 4] }, { $literal: '$x' }, 0] } } }]", "{ _id: 1, n: '$x', list: [1, 2, 3] }")]
    public async Task An_update_does_what_it_says(string update, string expected)
    {
        await InsertAsync("{ _id: 1, n: 5, list: [1, 2, 3] }");
        var statement = new BsonDocument { ["q"] = Json("{ _id: 1 }"), ["u"] = BsonDocument.Parse($"{{ u: {update} }}")["u"] };
        await Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { ["update"] = "things", ["updates"] = new BsonArray { statement } }, cancellationToken: Ct);
        (await ThingAsync(1)).ShouldBe(Json(expected));
    }

    [Fact]
    public async Task A_pipeline_groups_counts_unwinds_and_joins()
    {
        await InsertAsync(
            "{ _id: 1, room: 'a', n: 1, tags: ['x', 'y'] }", "{ _id: 2, room: 'b', n: 5 }", "{ _id: 3, room: 'a', n: 3 }");
        const string grouped = "{ _id: '$room', sum: { $sum: '$n' }, top: { $max: '$n' }, count: { $count: {} } }";
        (await AggregateAsync($"[{{ $group: {grouped} }}, {{ $sort: {{ _id: 1 }} }}]"))
            .ShouldBe([Json("{ _id: 'a', sum: 4, top: 3, count: 2 }"), Json("{ _id: 'b', sum: 5, top: 5, count: 1 }")]);
        (await AggregateAsync("[{ $match: { n: { $gt: 1 } } }, { $count: 'many' }]")).ShouldBe([Json("{ many: 2 }")]);
        (await AggregateAsync("[{ $unwind: '$tags' }, { $project: { tag: '$tags', _id: 0 } }]"))
            .ShouldBe([Json("{ tag: 'x' }"), Json("{ tag: 'y' }")]);
        const string joined = "{ from: 'things', localField: 'room', foreignField: 'room', as: 'same' }";
        (await AggregateAsync($"[{{ $match: {{ _id: 1 }} }}, {{ $lookup: {joined} }}]"))
            .Single()["same"].AsBsonArray.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("{ find: 'things', filter: { n: { $near: 1 } } }", "unknown operator: $near")]
    [InlineData("{ find: 'things', filter: { $where: '1' } }", "unknown top level operator: $where")]
    [InlineData("{ find: 'things', tailable: true }", "BSON field 'find.tailable' is an unknown field.")]
    [InlineData("{ find: 'things', hint: 'nobodys' }", "hint provided does not correspond to an existing index: nobodys")]
    [InlineData("{ find: 'things', collation: { locale: 'de' } }", "This server does not know this here: collation")]
    [InlineData("{ find: 'things', projection: { a: { $slice: 1 } } }", "Unrecognized expression '$slice'")]
    [InlineData("{ find: 'things', readConcern: { level: 'available' } }", "This server does not know this here: readConcern.level")]
    [InlineData("{ aggregate: 'things', cursor: {}, pipeline: [{ $facet: {} }] }", "Unrecognized pipeline stage name: '$facet'")]
    [InlineData("{ createIndexes: 'things', indexes: [{ name: 'x', key: { a: 'text' } }] }", "This server knows ascending and descending keys only")]
    [InlineData("{ createIndexes: 'things', indexes: [{ name: 'x', key: { a: 1 }, hidden: true }] }", "This server does not know the index option 'hidden'")]
    [InlineData("{ create: 'things', validator: { $jsonSchema: { patternProperties: {} } } }", "Unknown $jsonSchema keyword: patternProperties")]
    [InlineData("{ create: 'things', capped: true }", "BSON field 'create.capped' is an unknown field.")]
    [InlineData("{ mapReduce: 'things' }", "no such command: 'mapReduce'")]
    public async Task What_is_not_known_is_refused(string command, string message)
    {
        await InsertAsync("{ _id: 1 }");
        (await Should.ThrowAsync<MongoCommandException>(
            () => Database.RunCommandAsync<BsonDocument>(Json(command), cancellationToken: Ct))).Message.ShouldContain(message);
        Server.Commands.Last(static sent => sent.Name != Heartbeat).Name.ShouldBe(Json(command).GetElement(0).Name);
    }

    [Theory]
    [InlineData("{ $rename: { a: 'b' } }", "Unknown modifier: $rename")]
    [InlineData("{ $set: { 'a.$.b': 1 } }", "The path 'a.$.b' has an empty or a positional step")]
    [InlineData("{ $set: { a: 1 }, $inc: { 'a.b': 1 } }", "Updating the path 'a.b' would create a conflict")]
    [InlineData("{ $push: { a: { $each: [], $position: 0 } } }", "Unrecognized clause in $push: $position")]
    [InlineData("{ $set: { _id: 2 } }", "would modify the immutable field '_id'")]
    [InlineData("{ $inc: { text: 1 } }", "Cannot apply $inc")]
    public async Task An_update_that_is_not_known_or_not_allowed_is_refused(string update, string message)
    {
        await InsertAsync("{ _id: 1, text: 'x' }");
        (await Should.ThrowAsync<MongoWriteException>(
            () => Things.UpdateOneAsync(Json("{ _id: 1 }"), Json(update), cancellationToken: Ct))).Message.ShouldContain(message);
        (await ThingAsync(1)).ShouldBe(Json("{ _id: 1, text: 'x' }"));
    }

    private async Task<List<BsonDocument>> AggregateAsync(string pipeline)
    {
        var stages = BsonDocument.Parse($"{{ p: {pipeline} }}")["p"].AsBsonArray.Select(stage => stage.AsBsonDocument);
        return await (await Things.AggregateAsync<BsonDocument>(stages.ToArray(), cancellationToken: Ct)).ToListAsync(Ct);
    }
}
