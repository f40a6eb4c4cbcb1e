using Caas.Tests.Support.MongoWireServer.Query;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary><c>findAndModify</c>: one document, and how it was before or after.</summary>
internal static class FindAndModifyCommand
{
    public static BsonDocument Run(CommandCall call)
    {
        Concerns.CheckQuery(call.Document, call.Existing());
        var statement = call.Flag("remove") ? Remove(call) : Update(call);
        if (!call.Applied.TryGetValue(0, out var result))
        {
            result = call.Run(statement);
            call.Applied[0] = result;
        }

        var value = result.Value is not null && call.Optional("fields") is BsonDocument fields
            ? Projection.Parse(fields).Apply(result.Value)
            : result.Value;
        var last = new BsonDocument("n", result.Count);
        if (!call.Flag("remove"))
        {
            last.Add("updatedExisting", result.Matched > 0);
            last.Add("upserted", result.UpsertedId ?? BsonNull.Value, result.UpsertedId is not null);
        }

        return new BsonDocument { ["lastErrorObject"] = last, ["value"] = value ?? (BsonValue)BsonNull.Value };
    }

    private static Func<StoreTransaction, StatementResult> Remove(CommandCall call)
    {
        var filter = Filter.Parse(call.Part("query"));
        var sort = call.Optional("sort") is BsonDocument order ? SortOrder.Parse(order) : null;
        return transaction => Statements.Delete(transaction, call.Existing(), filter, isMulti: false, sort);
    }

    private static Func<StoreTransaction, StatementResult> Update(CommandCall call)
    {
        var statement = WriteCommands.Parse(call.Document, "query", "update") with { ReturnsNew = call.Flag("new") };
        return transaction => Statements.Update(transaction, call.GetOrCreate(), statement);
    }
}
