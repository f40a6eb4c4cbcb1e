using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What one statement did; it is kept, so that a repeated one answers the same.</summary>
internal sealed record StatementResult(
    int Matched, int Modified = 0, BsonValue? UpsertedId = null, BsonDocument? Value = null)
{
    /// <summary>The documents that the statement found, made or deleted.</summary>
    public int Count => UpsertedId is null ? Matched : 1;
}
