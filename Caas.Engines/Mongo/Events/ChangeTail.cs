using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Events;

/// <summary>The change stream over the changes of all databases of a deployment.</summary>
internal sealed class ChangeTail(MongoDatabases databases)
{
    private const int BatchSize = 1000;

    // How long the server holds a request that has nothing to answer; below every time-out of a connection.
    private static readonly TimeSpan MaxAwait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Opens it behind a token, or from now on where there is none. The server may say, also later, that it no longer has
    /// what follows the token: <see cref="MongoFailures.IsHistoryLost"/>.
    /// </summary>
    public Task<IChangeStreamCursor<BsonDocument>> OpenAsync(
        MongoPlacement placement, BsonDocument? token, CancellationToken cancellationToken)
    {
        // Rewritten bodies too: what of them is still in memory must not leave any more.
        var ours = new BsonDocument
        {
            { "operationType", new BsonDocument("$in", new BsonArray { "insert", "update", "replace" }) },
            { "ns.coll", MongoCollections.Changes },
            { "ns.db", new BsonDocument("$regex", "^" + databases.Options.DatabasePrefix) },
        };
        PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> pipeline =
            new[] { new BsonDocument("$match", ours) };
        var options = new ChangeStreamOptions
        {
            ResumeAfter = token,
            MaxAwaitTime = MaxAwait,
            BatchSize = BatchSize,
        };
        return placement.Client
            .WithReadConcern(ReadConcern.Majority)
            .WatchAsync(pipeline, options, cancellationToken);
    }

    /// <summary>The event of a document; null where it is of a database that is not ours.</summary>
    public RelayEvent? Read(BsonDocument document)
    {
        if (databases.Parse(document.Document("ns").Text("db")) is not { } name)
        {
            return null;
        }

        var position = document.Document("documentKey").Number(Bson.Key);
        var change = document.Text("operationType") == "insert"
            ? ChangeDocuments.Read(document.Document("fullDocument"), name.Client)
            : null;
        return new RelayEvent(name, position, change);
    }
}
