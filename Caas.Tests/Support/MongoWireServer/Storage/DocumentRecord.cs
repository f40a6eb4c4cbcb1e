using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Storage;

/// <summary>A document through its versions; the number is its place in the collection's natural order.</summary>
internal sealed class DocumentRecord(long number)
{
    public long Number => number;

    public VersionedCell<BsonDocument> Cell { get; } = new();

    /// <summary>Where the indexes hold this record: for its committed document and for any that is or was being written.</summary>
    public HashSet<(IndexDefinition Index, IndexPosition Position)> Positions { get; } = [];
}
