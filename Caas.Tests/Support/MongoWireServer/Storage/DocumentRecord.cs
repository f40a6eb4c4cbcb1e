using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>A document through its versions; the number is its place in the collection's natural order.</summary>
internal sealed class DocumentRecord(long number)
{
    public long Number => number;

    public VersionedCell<BsonDocument> Cell { get; } = new();
}
