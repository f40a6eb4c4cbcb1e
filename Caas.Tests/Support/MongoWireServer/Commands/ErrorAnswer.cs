using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>An error as an answer, with the labels by which a client decides whether to try again.</summary>
internal static class ErrorAnswer
{
    public const string TransientTransactionError = "TransientTransactionError";
    private const string RetryableWriteError = "RetryableWriteError";

    public static BsonDocument Of(CommandFailure failure, CommandCall call)
    {
        var answer = new BsonDocument
        {
            ["ok"] = 0.0,
            ["errmsg"] = failure.Message,
            ["code"] = failure.Code,
            ["codeName"] = MongoErrors.Name(failure.Code),
        };
        answer.AddRange(failure.Details);
        if (Labels(failure, call).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } labels)
        {
            answer["errorLabels"] = new BsonArray(labels);
        }

        return answer;
    }

    /// <summary>An error of one statement, as a batch lists it.</summary>
    public static BsonDocument OfStatement(int index, CommandFailure failure) =>
        new BsonDocument { ["index"] = index, ["code"] = failure.Code, ["errmsg"] = failure.Message }
            .AddRange(failure.Details);

    /// <summary>A write concern that was not reached, as it stands in an answer that is none of an error.</summary>
    public static BsonDocument OfWriteConcern(CommandFailure failure) => new()
    {
        ["code"] = failure.Code,
        ["codeName"] = MongoErrors.Name(failure.Code),
        ["errmsg"] = failure.Message,
    };

    public static bool EndsTransaction(CommandCall call) => call.Name is "commitTransaction" or "abortTransaction";

    private static IEnumerable<string> Labels(CommandFailure failure, CommandCall call)
    {
        var isInTransaction = call.Document.Contains("autocommit");
        var ends = EndsTransaction(call);
        var isTransient = failure.Code is MongoErrors.WriteConflict or MongoErrors.NoSuchTransaction
            || (!ends && (IsRetryable(failure.Code) || failure.Code == MongoErrors.LockTimeout));
        if (isInTransaction && isTransient)
        {
            yield return TransientTransactionError;
        }

        if (call.Document.Contains("txnNumber") && (!isInTransaction || ends) && IsRetryable(failure.Code))
        {
            yield return RetryableWriteError;
        }

        foreach (var label in failure.Labels)
        {
            yield return label;
        }
    }

    private static bool IsRetryable(int code) => code is MongoErrors.NotWritablePrimary or MongoErrors.PrimarySteppedDown
        or MongoErrors.ShutdownInProgress or MongoErrors.InterruptedDueToStepDown or MongoErrors.HostUnreachable;
}
