using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>The statements of one command, one after another; what was applied before is answered from memory.</summary>
internal sealed class WriteBatch(CommandCall call)
{
    public List<(int Index, StatementResult Result)> Results { get; } = [];

    public List<(int Index, CommandFailure Failure)> Errors { get; } = [];

    public void Run(IReadOnlyList<Func<StoreTransaction, StatementResult>> statements)
    {
        var isOrdered = call.Flag("ordered", otherwise: true);
        for (var i = 0; i < statements.Count && (Errors.Count == 0 || !isOrdered); i++)
        {
            Run(i, statements[i]);
        }

        if (Errors.Count > 0 && call.Transaction is not null)
        {
            call.Store.Abort(call.Transaction);
        }
    }

    /// <summary>The fields of statements, refused where there is one that the server does not know.</summary>
    public static BsonDocument Fields(BsonDocument statement, string of, params string[] known) =>
        statement.Names.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new CommandFailure(MongoErrors.UnknownField, $"BSON field '{of}.{unknown}' is an unknown field.")
            : statement;

    public void DemandSingle(bool isMulti)
    {
        if (isMulti && call.Document.Contains("txnNumber") && call.Transaction is null)
        {
            throw new CommandFailure(MongoErrors.InvalidOptions, "Cannot use retryable writes with multi=true");
        }
    }

    private void Run(int index, Func<StoreTransaction, StatementResult> statement)
    {
        try
        {
            if (!call.Applied.TryGetValue(index, out var result))
            {
                result = call.Applied[index] = call.Run(statement);
            }

            Results.Add((index, result));
        }
        catch (CommandFailure failure) when (failure.Code != MongoErrors.WriteConflict)
        {
            Errors.Add((index, failure));
        }
    }
}
