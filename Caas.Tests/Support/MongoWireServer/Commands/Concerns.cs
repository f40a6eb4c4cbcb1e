using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What a command says of durability, of its reads, of collations and of hints: known, or refused.</summary>
internal static class Concerns
{
    public static void Check(BsonDocument command)
    {
        foreach (var option in command.GetValue("writeConcern", null)?.AsBsonDocument ?? [])
        {
            Demand(option.Name is "w" or "j" or "wtimeout", $"writeConcern.{option}");
            Demand(option.Name != "w" || option.Value == "majority" || option.Value.IsNumeric, $"writeConcern.{option}");
        }

        foreach (var option in command.GetValue("readConcern", null)?.AsBsonDocument ?? [])
        {
            Demand(option.Name is "level" or "afterClusterTime" or "atClusterTime", $"readConcern.{option}");
            Demand(option.Name != "level" || IsLevel(option.Value.AsString, command), $"readConcern.{option}");
        }

        if (command.Contains("autocommit"))
        {
            var ends = command.GetElement(0).Name is "commitTransaction" or "abortTransaction";
            var starts = command.Contains("startTransaction");
            Demand(ends || !command.Contains("writeConcern"), "writeConcern inside a transaction");
            Demand(starts || !command.Contains("readConcern"), "readConcern inside a transaction");
        }
    }

    /// <summary>Refuses what would compare text otherwise than by its bytes, and indexes that are not there.</summary>
    public static void CheckQuery(BsonDocument query, DocumentCollection? collection)
    {
        if (query.TryGetValue("collation", out var collation))
        {
            Demand(collation["locale"] == "simple", $"collation {collation}");
        }

        if (query.TryGetValue("hint", out var hint) && collection?.Indexes.Exists(
            index => hint is BsonDocument key ? index.Key.Equals(key) : index.Name == hint.AsString) != true)
        {
            throw CommandFailure.BadValue($"hint provided does not correspond to an existing index: {hint}");
        }
    }

    private static bool IsLevel(string level, BsonDocument command) =>
        level is "local" or "majority" or "linearizable" || (level == "snapshot" && (command.Contains("startTransaction") || IsSnapshotRead(command)));

    private static bool IsSnapshotRead(BsonDocument command) =>
        command.GetElement(0).Name is "find" or "aggregate" && command.Contains("lsid") && !command.Contains("autocommit");

    private static void Demand(bool isKnown, string what)
    {
        if (!isKnown)
        {
            throw new CommandFailure(MongoErrors.InvalidOptions, $"This server does not know this here: {what}");
        }
    }
}
