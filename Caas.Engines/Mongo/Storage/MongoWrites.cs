using Caas.Engines.Documents;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// Writes of one document that need no transaction: the server makes each atomic, and repeats none of them. Thread-safe.
/// </summary>
internal sealed class MongoWrites(MongoDatabases databases, StorageState state)
{
    /// <summary>Adds a document; false where there is one with its key.</summary>
    public async ValueTask<bool> TryInsertAsync(
        DatabaseName name, string collection, BsonDocument document, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(name, [new BulkWriteInsertOneModel<BsonDocument>(databases.Namespace(name, collection), document)], cancellationToken);
            return true;
        }
        catch (MongoException failure) when (MongoFailures.IsDuplicate(failure))
        {
            return false;
        }
    }

    /// <summary>Changes the document that fits; false where none does.</summary>
    public async ValueTask<bool> UpdateAsync(
        DatabaseName name, string collection, BsonDocument filter, BsonDocument update, CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            name, [new BulkWriteUpdateOneModel<BsonDocument>(databases.Namespace(name, collection), filter, update)], cancellationToken);
        return result.MatchedCount == 1;
    }

    /// <summary>Removes all documents that fit; a part of them where it is interrupted.</summary>
    public async ValueTask DeleteAsync(
        DatabaseName name, string collection, BsonDocument filter, CancellationToken cancellationToken) =>
        await RunAsync(
            name, [new BulkWriteDeleteManyModel<BsonDocument>(databases.Namespace(name, collection), filter)], cancellationToken);

    /// <summary>Writes something small; false where that is not possible.</summary>
    public async ValueTask<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await UpdateAsync(
                DatabaseName.Platform,
                MongoCollections.Counters,
                Match.ByKey(MongoCollections.SchemaCounter),
                new BsonDocument("$inc", new BsonDocument("probed", 1L)),
                cancellationToken);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    private async ValueTask<ClientBulkWriteResult> RunAsync(
        DatabaseName name, IReadOnlyList<BulkWriteModel> models, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await databases.MakeAsync(name, cancellationToken);

            // It is begun, so it is finished: the caller's patience ends here.
            using var deadline = new CancellationTokenSource(databases.Options.WriteTimeout, TimeProvider.System);
            var place = await databases.PlaceAsync(name, deadline.Token);
            var result = await place.Client.BulkWriteAsync(models, DurableWrites.Alone(databases.Options), deadline.Token);
            state.Succeeded();
            return result;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && MongoFailures.IsStorage(failure))
        {
            state.Failed(failure);
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }
}
