using System.Globalization;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>One entry of the log of changes; those of one transaction share a time and follow each other.</summary>
internal sealed record ChangeEvent(string Operation, string Database, string? Collection)
{
    public ChangePosition Position { get; init; }

    public DateTimeOffset WallTime { get; init; }

    public BsonDocument? DocumentKey { get; init; }

    public BsonDocument? FullDocument { get; init; }

    public BsonDocument? UpdateDescription { get; init; }

    /// <summary>The event as a change stream shows it, before its look-up of full documents.</summary>
    public BsonDocument Render()
    {
        var rendered = new BsonDocument
        {
            ["_id"] = Position.Token,
            ["operationType"] = Operation,
            ["clusterTime"] = new BsonTimestamp(Position.Time),
            ["wallTime"] = new BsonDateTime(WallTime.ToUnixTimeMilliseconds()),
        };
        if (Operation != "invalidate")
        {
            rendered["ns"] = new BsonDocument("db", Database).Add("coll", Collection, Collection is not null);
        }

        return rendered
            .Add("fullDocument", FullDocument, FullDocument is not null)
            .Add("documentKey", DocumentKey, DocumentKey is not null)
            .Add("updateDescription", UpdateDescription, UpdateDescription is not null);
    }
}

/// <summary>A place in the log of changes: the commit's time and the place inside it.</summary>
internal readonly record struct ChangePosition(long Time, int Index)
{
    /// <summary>After everything of a commit.</summary>
    public const int End = int.MaxValue;

    public BsonDocument Token => new("_data", string.Create(CultureInfo.InvariantCulture, $"{Time:X16}{Index:X8}"));

    public static ChangePosition Parse(BsonDocument token)
    {
        if (token.GetValue("_data", BsonNull.Value) is not BsonString { Value: { Length: 24 } text })
        {
            throw new CommandFailure(MongoErrors.FailedToParse, "The resume token is none of this server's");
        }

        return new ChangePosition(
            long.Parse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            int.Parse(text.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    public bool IsAfter(ChangePosition other) => (Time, Index).CompareTo((other.Time, other.Index)) > 0;
}
