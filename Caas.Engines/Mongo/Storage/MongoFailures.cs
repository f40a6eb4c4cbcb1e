using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>What a failure of the driver means for who asked.</summary>
internal static class MongoFailures
{
    private const string TransientTransaction = "TransientTransactionError";
    private const string UnknownCommit = "UnknownTransactionCommitResult";
    private const int WriteConflict = 112;
    private const int DuplicateKey = 11000;
    private const int NamespaceExists = 48;

    // CappedPositionLost, ChangeStreamFatalError, ChangeStreamHistoryLost, InvalidResumeToken.
    private static readonly int[] LostHistory = [136, 280, 286, 260];

    // As a server names them in its message: "... duplicate key error collection: db.counters index: _id_ dup key: ...".
    private static readonly string[] TakenNumbers =
    [
        $".{MongoCollections.Counters} index: _id_",
        $".{MongoCollections.Conversations} index: _id_",
        $".{MongoCollections.Changes} index: _id_",
        $".{MongoCollections.Changes} index: {ClientSchema.LogVersion}",
        $".{MongoCollections.Messages} index: {ClientSchema.Sequence}",
        $".{MongoCollections.Revocations} index: _id_",
    ];

    // The server is too busy, too late, stepping down, shutting down, or cannot reach a majority in time.
    private static readonly int[] ServerAway =
    [
        6, 7, 50, 64, 89, 91, 100, 112, 134, 189, 202, 239, 246, 251, 262, 290, 317, 358, 384, 462, 9001, 10058, 10107, 11600, 11602,
        13435, 13436,
    ];

    /// <summary>Whether the whole transaction may be tried again, with fresh reads and decisions.</summary>
    public static bool IsTransient(Exception failure) => Any(failure, static one =>
        one is MongoException mongo && (mongo.HasErrorLabel(TransientTransaction) || CodesOf(mongo).Contains(WriteConflict)));

    /// <summary>Whether a unique index refused: another node was first, or the caller repeats a key.</summary>
    public static bool IsDuplicate(Exception failure) => Any(failure, static one => CodesOf(one).Contains(DuplicateKey));

    /// <summary>
    /// Whether the numbers of a log or of a conversation refused, which another node took first. (Guards come before; this
    /// is for where the server does not say which write it was, and the last line behind them.)
    /// </summary>
    public static bool IsNumberTaken(Exception failure) => Any(failure, static one =>
        CodesOf(one).Contains(DuplicateKey) && TakenNumbers.Any(name => one.Message.Contains(name, StringComparison.Ordinal)));

    /// <summary>Which of the writes of a bulk a unique index refused; null where none did, or it is not said.</summary>
    public static int? RefusedAt(Exception failure) =>
        failure is ClientBulkWriteException { WriteErrors: { Count: > 0 } errors } && errors.First() is { Value.Code: DuplicateKey } first
            ? first.Key
            : null;

    /// <summary>Whether it is unknown if a transaction was committed: only the commit may be tried again.</summary>
    public static bool IsUnknownCommit(Exception failure) => failure is MongoException mongo && mongo.HasErrorLabel(UnknownCommit);

    /// <summary>Whether a change stream cannot go on from its token.</summary>
    public static bool IsHistoryLost(Exception failure) =>
        Any(failure, static one => CodesOf(one).Any(static code => LostHistory.Contains(code)));

    /// <summary>Whether a collection that was to be made is there.</summary>
    public static bool IsMadeAlready(Exception failure) => CodesOf(failure).Contains(NamespaceExists);

    /// <summary>Whether the store is at fault; else it is a bug and stays an exception.</summary>
    public static bool IsStorage(Exception failure) => Any(failure, static one => one switch
    {
        TimeoutException or IOException or OperationCanceledException => true,
        MongoConnectionException or MongoConnectionPoolPausedException or MongoWaitQueueFullException => true,
        MongoExecutionTimeoutException or MongoWriteConcernException => true,
        MongoException mongo => mongo.HasErrorLabel(TransientTransaction)
            || CodesOf(mongo).Any(static code => ServerAway.Contains(code)),
        _ => false,
    });

    private static bool Any(Exception failure, Func<Exception, bool> holds)
    {
        for (var one = failure; one is not null; one = one.InnerException)
        {
            if (holds(one))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<int> CodesOf(Exception failure) => failure switch
    {
        MongoCommandException command => [command.Code],
        ClientBulkWriteException bulk => bulk.WriteErrors?.Values.Select(static error => error.Code) ?? [],
        MongoWriteException { WriteError: { } error } => [error.Code],
        _ => [],
    };
}
