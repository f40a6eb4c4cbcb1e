using System.Collections.Frozen;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>Every command that the server knows.</summary>
internal static class CommandTable
{
    private static readonly string[] HelloFields =
        ["helloOk", "client", "compression", "saslSupportedMechs", "speculativeAuthenticate", "backpressure"];

    public static FrozenDictionary<string, CommandDefinition> All { get; } =
        Table().ToFrozenDictionary(StringComparer.Ordinal);

    private static Dictionary<string, CommandDefinition> Table() => new(StringComparer.Ordinal)
    {
        ["hello"] = new(CommandKind.Open, HandshakeCommands.Hello, HelloFields),
        ["isMaster"] = new(CommandKind.Open, HandshakeCommands.Hello, HelloFields),
        ["ismaster"] = new(CommandKind.Open, HandshakeCommands.Hello, HelloFields),
        ["ping"] = new(CommandKind.Open, HandshakeCommands.Ping),
        ["saslStart"] = new(CommandKind.Open, HandshakeCommands.SaslStart, "mechanism", "payload", "options"),
        ["saslContinue"] = new(CommandKind.Open, HandshakeCommands.SaslContinue, "conversationId", "payload"),
        ["buildInfo"] = new(CommandKind.Session, HandshakeCommands.BuildInfo),
        ["replSetGetConfig"] = new(CommandKind.Session, SetCommands.Config),
        ["replSetGetStatus"] = new(CommandKind.Session, SetCommands.Status),
        ["getDefaultRWConcern"] = new(CommandKind.Session, SetCommands.DefaultConcern),
        ["commitTransaction"] = new(CommandKind.Session, SessionCommands.Commit, "recoveryToken"),
        ["abortTransaction"] = new(CommandKind.Session, SessionCommands.Abort, "recoveryToken"),
        ["endSessions"] = new(CommandKind.Session, SessionCommands.End),
        ["killSessions"] = new(CommandKind.Session, SessionCommands.End),
        ["refreshSessions"] = new(CommandKind.Session, SessionCommands.Refresh),
        ["create"] = new(CommandKind.Catalog, CatalogCommands.Create, CatalogCommands.CollectionOptions),
        ["collMod"] = new(CommandKind.Catalog, CatalogCommands.Modify, CatalogCommands.CollectionOptions),
        ["listCollections"] = new(
            CommandKind.Catalog, CatalogCommands.ListCollections, "filter", "nameOnly", "authorizedCollections", "cursor"),
        ["listDatabases"] = new(
            CommandKind.Catalog, CatalogCommands.ListDatabases, "filter", "nameOnly", "authorizedDatabases"),
        ["drop"] = new(CommandKind.Catalog, CatalogCommands.Drop),
        ["dropDatabase"] = new(CommandKind.Catalog, CatalogCommands.DropDatabase),
        ["createIndexes"] = new(CommandKind.Catalog, IndexCommands.Create, "indexes"),
        ["dropIndexes"] = new(CommandKind.Catalog, IndexCommands.Drop, "index"),
        ["listIndexes"] = new(CommandKind.Catalog, IndexCommands.List, "cursor"),
        ["insert"] = new(CommandKind.Write, WriteCommands.Insert, "documents", "ordered"),
        ["update"] = new(CommandKind.Write, WriteCommands.Update, "updates", "ordered"),
        ["delete"] = new(CommandKind.Write, WriteCommands.Delete, "deletes", "ordered"),
        ["bulkWrite"] = new(CommandKind.Write, BulkWriteCommand.Run, "ops", "nsInfo", "ordered", "errorsOnly", "cursor"),
        ["findAndModify"] = new(
            CommandKind.Write, FindAndModifyCommand.Run,
            "query", "sort", "remove", "update", "new", "fields", "upsert", "hint", "collation"),
        ["find"] = new(
            CommandKind.Read, ReadCommands.Find,
            "filter", "sort", "projection", "skip", "limit", "batchSize", "singleBatch", "hint", "collation"),
        ["aggregate"] = new(
            CommandKind.Read, ReadCommands.Aggregate, "pipeline", "cursor", "hint", "collation", "allowDiskUse"),
        ["getMore"] = new(CommandKind.Read, ReadCommands.GetMore, "collection", "batchSize"),
        ["killCursors"] = new(CommandKind.Read, ReadCommands.KillCursors, "cursors"),
    };
}
