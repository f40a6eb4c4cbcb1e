using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>The client-level <c>bulkWrite</c>: statements of several collections and databases in one command.</summary>
internal static class BulkWriteCommand
{
    public static BsonDocument Run(CommandCall call)
    {
        if (call.Database != "admin")
        {
            throw new CommandFailure(MongoErrors.Unauthorized, "bulkWrite may only be run against the admin database.");
        }

        var batch = new WriteBatch(call);
        var namespaces = call.Document["nsInfo"].AsBsonArray
            .Select(entry => WriteBatch.Fields(entry.AsBsonDocument, "bulkWrite.nsInfo", "ns")["ns"].AsString.Split('.', 2))
            .ToArray();
        var operations = call.Document["ops"].AsBsonArray.Select(operation => operation.AsBsonDocument).ToArray();
        batch.Run([.. operations.Select(operation => Statement(call, batch, operation, namespaces))]);
        return Answer(call, batch, operations);
    }

    private static Func<StoreTransaction, StatementResult> Statement(
        CommandCall call, WriteBatch batch, BsonDocument operation, string[][] namespaces)
    {
        var isMulti = operation.GetValue("multi", false).ToBoolean();
        batch.DemandSingle(isMulti);
        var (database, name) = (namespaces[operation[0].ToInt32()][0], namespaces[operation[0].ToInt32()][1]);
        switch (operation.GetElement(0).Name)
        {
            case "insert":
                WriteBatch.Fields(operation, "bulkWrite.insert", "insert", "document");
                var document = operation["document"].AsBsonDocument;
                return transaction => Statements.Insert(transaction, call.Store.GetOrCreate(database, name), document);
            case "update":
                WriteBatch.Fields(
                    operation, "bulkWrite.update",
                    "update", "filter", "updateMods", "multi", "upsert", "hint", "collation", "sort");
                Concerns.CheckQuery(operation, call.Store.Find(database, name));
                return transaction => Statements.Update(
                    transaction,
                    call.Store.GetOrCreate(database, name),
                    WriteCommands.Parse(operation, "filter", "updateMods"));
            case "delete":
                WriteBatch.Fields(operation, "bulkWrite.delete", "delete", "filter", "multi", "hint", "collation");
                Concerns.CheckQuery(operation, call.Store.Find(database, name));
                return transaction => Statements.Delete(
                    transaction,
                    call.Store.Find(database, name),
                    Filter.Parse(operation["filter"].AsBsonDocument),
                    isMulti);
            default:
                throw CommandFailure.BadValue($"Unknown operation of bulkWrite: {operation.GetElement(0).Name}");
        }
    }

    private static BsonDocument Answer(CommandCall call, WriteBatch batch, BsonDocument[] operations)
    {
        int Sum(string kind, Func<StatementResult, int> of) => batch.Results
            .Where(result => operations[result.Index].GetElement(0).Name == kind).Sum(result => of(result.Result));

        var rows = batch.Errors.Select(error => (error.Index, Row: Row(error.Index, error.Failure)));
        if (!call.Flag("errorsOnly"))
        {
            rows = rows.Concat(batch.Results.Select(
                result => (result.Index, Row: Row(result.Index, result.Result, operations[result.Index]))));
        }

        var first = new BsonArray(rows.OrderBy(row => row.Index).Select(row => row.Row));
        return new BsonDocument
        {
            ["cursor"] = new BsonDocument { ["id"] = 0L, ["firstBatch"] = first, ["ns"] = "admin.$cmd.bulkWrite" },
            ["nErrors"] = batch.Errors.Count,
            ["nInserted"] = Sum("insert", result => result.Matched),
            ["nMatched"] = Sum("update", result => result.Matched),
            ["nModified"] = Sum("update", result => result.Modified),
            ["nUpserted"] = Sum("update", result => result.UpsertedId is null ? 0 : 1),
            ["nDeleted"] = Sum("delete", result => result.Matched),
        };
    }

    private static BsonDocument Row(int index, CommandFailure failure) => new BsonDocument
    {
        ["ok"] = 0.0,
        ["idx"] = index,
        ["code"] = failure.Code,
        ["errmsg"] = failure.Message,
        ["n"] = 0,
    }.AddRange(failure.Details);

    private static BsonDocument Row(int index, StatementResult result, BsonDocument operation)
    {
        var row = new BsonDocument { ["ok"] = 1.0, ["idx"] = index, ["n"] = result.Count };
        return operation.GetElement(0).Name != "update" ? row : row
            .Add("nModified", result.Modified)
            .Add("upserted", new BsonDocument("_id", result.UpsertedId ?? BsonNull.Value), result.UpsertedId is not null);
    }
}
