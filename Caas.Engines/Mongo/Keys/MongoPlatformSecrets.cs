using Caas.Domain.Keys;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Keys;

/// <inheritdoc/>
internal sealed class MongoPlatformSecrets(MongoReads reads, MongoWrites writes) : IPlatformSecrets
{
    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetOrAddAsync(
        string name, ReadOnlyMemory<byte> candidate, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is { } known)
        {
            return known;
        }

        return await writes.TryInsertAsync(
            DatabaseName.Platform, MongoCollections.Secrets, Write(name, candidate), cancellationToken)
            ? candidate
            : await FindAsync(name, cancellationToken) ?? candidate;
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var document = await reads.FirstAsync(
            DatabaseName.Platform, Query.ByKey(MongoCollections.Secrets, name), cancellationToken);

        // An array that is null would become an empty memory, not none.
        return document is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(document.Blob("value"));
    }

    internal static BsonDocument Write(string name, ReadOnlyMemory<byte> value) =>
        new() { { Bson.Key, name }, { "value", Bson.Bytes(value) } };
}
