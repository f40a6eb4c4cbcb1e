namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// Every command that the engine sends, beside what the driver sends for itself (hello, authentication, sessions). A test
/// holds the list against what a server saw. The shapes stand with their collections, in the classes whose names end in
/// <c>Documents</c>.
/// </summary>
internal static class MongoCommands
{
    /// <summary>Every read: a filter on an index, a sort on the same, a limit; never a skip.</summary>
    public const string Find = "find";

    /// <summary>The next part of a long read, and the wait of the change stream.</summary>
    public const string GetMore = "getMore";

    /// <summary>The end of a read or of the change stream that is not read to its end.</summary>
    public const string KillCursors = "killCursors";

    /// <summary>The change stream, and the capped count of what waits for the relay.</summary>
    public const string Aggregate = "aggregate";

    /// <summary>Every write: one a transaction, or one alone where a single document changes.</summary>
    public const string BulkWrite = "bulkWrite";

    /// <summary>The end of a transaction.</summary>
    public const string CommitTransaction = "commitTransaction";

    /// <summary>The end of a transaction that is not to be.</summary>
    public const string AbortTransaction = "abortTransaction";

    /// <summary>A collection is made, with its validator.</summary>
    public const string Create = "create";

    /// <summary>The indexes of a collection are made.</summary>
    public const string CreateIndexes = "createIndexes";

    /// <summary>The databases that a sweep looks at.</summary>
    public const string ListDatabases = "listDatabases";

    /// <summary>A client's database is erased.</summary>
    public const string DropDatabase = "dropDatabase";

    /// <summary>The health check.</summary>
    public const string Ping = "ping";

    /// <summary>The examination: who is in the set, and each member's clock.</summary>
    public const string Hello = "hello";

    /// <summary>The examination: the version.</summary>
    public const string BuildInfo = "buildInfo";

    /// <summary>The examination: who votes.</summary>
    public const string ReplSetGetConfig = "replSetGetConfig";

    /// <summary>The examination: how each member is.</summary>
    public const string ReplSetGetStatus = "replSetGetStatus";

    /// <summary>The examination: how durable what others write is.</summary>
    public const string GetDefaultConcern = "getDefaultRWConcern";

    /// <summary>The examination: whether the collections and validators are there.</summary>
    public const string ListCollections = "listCollections";

    /// <summary>The examination: whether the indexes are there.</summary>
    public const string ListIndexes = "listIndexes";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Find, GetMore, KillCursors, Aggregate, BulkWrite, CommitTransaction, AbortTransaction, Create, CreateIndexes,
        ListDatabases, DropDatabase, Ping, Hello, BuildInfo, ReplSetGetConfig, ReplSetGetStatus, GetDefaultConcern,
        ListCollections, ListIndexes,
    ];
}
