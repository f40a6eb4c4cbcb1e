using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary><c>insert</c>, <c>update</c> and <c>delete</c>.</summary>
internal static class WriteCommands
{
    public static BsonDocument Insert(CommandCall call)
    {
        var batch = new WriteBatch(call);
        batch.Run([.. call.Document["documents"].AsBsonArray.Select(Statement)]);
        return Answer(batch);

        Func<StoreTransaction, StatementResult> Statement(BsonValue document) =>
            transaction => Statements.Insert(transaction, call.GetOrCreate(), document.AsBsonDocument);
    }

    public static BsonDocument Update(CommandCall call)
    {
        var batch = new WriteBatch(call);
        batch.Run([.. call.Document["updates"].AsBsonArray.Select(Statement)]);
        var answer = Answer(batch).Add("nModified", batch.Results.Sum(result => result.Result.Modified));
        var upserted = batch.Results.Where(result => result.Result.UpsertedId is not null).Select(result =>
            new BsonDocument { ["index"] = result.Index, ["_id"] = result.Result.UpsertedId }).ToArray();
        return answer.Add("upserted", new BsonArray(upserted), upserted.Length > 0);

        Func<StoreTransaction, StatementResult> Statement(BsonValue value)
        {
            var update = WriteBatch.Fields(
                value.AsBsonDocument, "update.updates", "q", "u", "multi", "upsert", "hint", "collation", "sort");
            Concerns.CheckQuery(update, call.Existing());
            batch.DemandSingle(update.GetValue("multi", false).ToBoolean());
            return transaction => Statements.Update(transaction, call.GetOrCreate(), Parse(update, "q", "u"));
        }
    }

    public static BsonDocument Delete(CommandCall call)
    {
        var batch = new WriteBatch(call);
        batch.Run([.. call.Document["deletes"].AsBsonArray.Select(Statement)]);
        return Answer(batch);

        Func<StoreTransaction, StatementResult> Statement(BsonValue value)
        {
            var delete = WriteBatch.Fields(value.AsBsonDocument, "delete.deletes", "q", "limit", "hint", "collation");
            Concerns.CheckQuery(delete, call.Existing());
            var isMulti = delete["limit"].ToInt32() == 0;
            batch.DemandSingle(isMulti);
            return transaction => Statements.Delete(
                transaction, call.Existing(), Filter.Parse(delete["q"].AsBsonDocument), isMulti);
        }
    }

    /// <summary>An update whose filter and change stand under these names.</summary>
    public static UpdateStatement Parse(BsonDocument update, string filter, string change)
    {
        var parsed = new UpdateStatement(
            Filter.Parse(update[filter].AsBsonDocument),
            Query.Update.Parse(update[change]),
            update.GetValue("multi", false).ToBoolean(),
            update.GetValue("upsert", false).ToBoolean());
        if (parsed is { IsMulti: true, Update.IsReplacement: true })
        {
            throw new CommandFailure(
                MongoErrors.FailedToParse, "multi update is not supported for replacement-style update");
        }

        return update.TryGetValue("sort", out var sort)
            ? parsed with { Sort = SortOrder.Parse(sort.AsBsonDocument) }
            : parsed;
    }

    private static BsonDocument Answer(WriteBatch batch)
    {
        var answer = new BsonDocument("n", batch.Results.Sum(result => result.Result.Count));
        var errors = batch.Errors.Select(error => ErrorAnswer.OfStatement(error.Index, error.Failure));
        return answer.Add("writeErrors", new BsonArray(errors), batch.Errors.Count > 0);
    }
}
