using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer;

/// <summary>A command as it came in, whatever became of it.</summary>
public sealed record RecordedCommand(string Name, string Database, BsonDocument Document)
{
    public BsonDocument? WriteConcern => Optional("writeConcern");

    public BsonDocument? ReadConcern => Optional("readConcern");

    public BsonDocument? SessionId => Optional("lsid");

    /// <summary>The number of the transaction or of the retryable write.</summary>
    public long? TransactionNumber => Document.GetValue("txnNumber", null)?.ToInt64();

    public bool IsInTransaction => Document.Contains("autocommit");

    /// <summary>The collection, or the number where the command is none of a collection.</summary>
    public string Collection => Document.GetElement(0).Value.ToString()!;

    /// <summary>The filter of every statement, in order; a statement without one has none here.</summary>
    public IReadOnlyList<BsonDocument> Filters
    {
        get
        {
            BsonValue[] statements = [Document, .. Statements("updates"), .. Statements("deletes"), .. Statements("ops")];
            return [.. statements.SelectMany(statement => statement.AsBsonDocument)
                .Where(element => element.Name is "filter" or "query" or "q")
                .Select(element => element.Value).OfType<BsonDocument>()];
        }
    }

    private BsonDocument? Optional(string name) => Document.GetValue(name, null) as BsonDocument;

    private BsonArray Statements(string name) => Document.GetValue(name, null) as BsonArray ?? [];
}
