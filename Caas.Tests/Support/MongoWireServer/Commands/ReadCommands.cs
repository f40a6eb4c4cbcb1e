using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary><c>find</c>, <c>aggregate</c> and the cursors that they open.</summary>
internal static class ReadCommands
{
    private const int FirstBatch = 101;

    public static BsonDocument Find(CommandCall call)
    {
        var collection = call.Existing();
        Concerns.CheckQuery(call.Document, collection);
        var filter = Filter.Parse(call.Part("filter"));
        var found = collection is null ? [] : call.Run(IEnumerable<BsonDocument> (transaction) =>
            [.. collection.Find(transaction, filter).Select(match => match.Document)]);
        found = Sorted(found, call.Part("sort"));
        found = found.Skip(call.Optional("skip")?.ToInt32() ?? 0);
        found = call.Optional("limit")?.ToInt32() is > 0 and var limit ? found.Take(limit) : found;
        if (call.Part("projection") is { ElementCount: > 0 } projection)
        {
            found = found.Select(Projection.Parse(projection).Apply);
        }

        return Open(call, new ResultCursor([.. found]), call.Optional("batchSize"));
    }

    // "$natural" is the order in which the documents were stored.
    private static IEnumerable<BsonDocument> Sorted(IEnumerable<BsonDocument> found, BsonDocument sort) => sort switch
    {
        { ElementCount: 0 } => found,
        { ElementCount: 1 } when sort.TryGetValue("$natural", out var direction) => direction.ToInt32() == 1 ? found : found.Reverse(),
        _ => found.Order(SortOrder.Parse(sort)),
    };

    public static BsonDocument Aggregate(CommandCall call)
    {
        var pipeline = call.Document["pipeline"].AsBsonArray.Select(stage => stage.AsBsonDocument.GetElement(0)).ToArray();
        var size = WriteBatch.Fields(call.Part("cursor"), "aggregate.cursor", "batchSize").GetValue("batchSize", null);
        if (pipeline is [{ Name: "$changeStream" }, ..])
        {
            return Open(call, ChangeStreamCursor.Open(call, pipeline), size);
        }

        var collection = call.Existing();
        Concerns.CheckQuery(call.Document, collection);
        var stages = pipeline.Select(
            stage => stage.Name == "$lookup" ? Lookup.Parse(call, stage) : Stage.Parse(stage)).ToArray();
        var first = pipeline is [{ Name: "$match" }, ..] ? pipeline[0].Value.AsBsonDocument : [];
        var results = call.Run(transaction => stages.Aggregate(
            collection?.Find(transaction, Filter.Parse(first)).Select(match => match.Document) ?? [],
            (documents, stage) => stage(documents)).ToList());
        return Open(call, new ResultCursor(results), size);
    }

    public static BsonDocument GetMore(CommandCall call)
    {
        var cursor = call.Node.Cursors.Find(call.Document[0].AsInt64, $"{call.Database}.{call.Document["collection"]}");
        return Batch(call, cursor, "nextBatch", call.Optional("batchSize")?.ToInt32() ?? int.MaxValue);
    }

    public static BsonDocument KillCursors(CommandCall call)
    {
        var ids = call.Document["cursors"].AsBsonArray;
        var killed = ids.Where(id => call.Node.Cursors.Remove(id.AsInt64)).ToArray();
        return new BsonDocument
        {
            ["cursorsKilled"] = new BsonArray(killed),
            ["cursorsNotFound"] = new BsonArray(ids.Except(killed)),
            ["cursorsAlive"] = new BsonArray(),
            ["cursorsUnknown"] = new BsonArray(),
        };
    }

    /// <summary>The answer that begins a cursor over all of these, in one batch.</summary>
    public static BsonDocument Whole(CommandCall call, IEnumerable<BsonDocument> documents, string of) => new()
    {
        ["cursor"] = new BsonDocument
        {
            ["id"] = 0L,
            ["ns"] = $"{call.Database}.{of}",
            ["firstBatch"] = new BsonArray(documents),
        },
    };

    private static BsonDocument Open(CommandCall call, ServerCursor cursor, BsonValue? size)
    {
        var collection = call.Document[0] is BsonString name ? name.Value : "$cmd.aggregate";
        call.Node.Cursors.Add(cursor, $"{call.Database}.{collection}");
        var answer = Batch(call, cursor, "firstBatch", size?.ToInt32() ?? FirstBatch);
        if (call.Flag("singleBatch"))
        {
            call.Node.Cursors.Remove(cursor.Id);
            answer["cursor"]["id"] = 0L;
        }

        return answer;
    }

    private static BsonDocument Batch(CommandCall call, ServerCursor cursor, string name, int size)
    {
        var batch = cursor.Next(call, size, isFirst: name == "firstBatch");
        if (cursor.IsDone)
        {
            call.Node.Cursors.Remove(cursor.Id);
        }

        var answer = new BsonDocument
        {
            ["id"] = cursor.IsDone ? 0L : cursor.Id,
            ["ns"] = cursor.Namespace,
            [name] = new BsonArray(batch),
        };
        answer.Add("postBatchResumeToken", cursor.ResumeToken, cursor.ResumeToken is not null);
        if (call.IsSnapshotRead)
        {
            answer.Add("atClusterTime", new BsonTimestamp(call.ReadAt ?? call.Store.LastTime));
        }

        return new BsonDocument("cursor", answer);
    }
}
