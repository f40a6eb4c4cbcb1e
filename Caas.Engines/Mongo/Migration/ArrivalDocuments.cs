using System.Text.Json;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Migration;

/// <summary>The documents of <c>arrival</c>: what is known of the move that fills a deployment.</summary>
internal sealed class ArrivalDocuments(MongoDatabases databases, TargetWrites writes)
{
    private const string State = "move";

    /// <summary>The move, where one was begun here and is not done.</summary>
    public static Query Unfinished { get; } =
        new(MongoCollections.Arrival, new BsonDocument { { Bson.Key, State }, { "done", false } });

    public async Task<MoveState?> ReadStateAsync(CancellationToken cancellationToken) =>
        await ReadAsync(State, cancellationToken) is { } document
            ? new MoveState(document.Text("move"), document.Text("source"), document.Flag("done"))
            : null;

    public Task SaveStateAsync(MoveState state, CancellationToken cancellationToken) => SaveAsync(
        new BsonDocument { { Bson.Key, State }, { "move", state.Move }, { "source", state.Source }, { "done", state.Done } },
        cancellationToken);

    public async Task<DatabaseProgress?> ReadProgressAsync(DatabaseName name, CancellationToken cancellationToken) =>
        await ReadAsync(name.ToString(), cancellationToken) is { } document
            ? JsonSerializer.Deserialize(document.Text("progress"), MoveJson.Default.DatabaseProgress)
            : null;

    public Task SaveProgressAsync(DatabaseName name, DatabaseProgress progress, CancellationToken cancellationToken) => SaveAsync(
        new BsonDocument
        {
            { Bson.Key, name.ToString() }, { "progress", JsonSerializer.Serialize(progress, MoveJson.Default.DatabaseProgress) },
        },
        cancellationToken);

    public Task ForgetProgressAsync(DatabaseName name, CancellationToken cancellationToken) =>
        writes.WriteAsync([new BulkWriteDeleteOneModel<BsonDocument>(At, Match.ByKey(name.ToString()))], cancellationToken);

    private CollectionNamespace At => databases.Namespace(DatabaseName.Platform, MongoCollections.Arrival);

    private async Task<BsonDocument?> ReadAsync(string key, CancellationToken cancellationToken) =>
        (await writes.FindAsync(DatabaseName.Platform, Query.ByKey(MongoCollections.Arrival, key), cancellationToken)) is [var first]
            ? first
            : null;

    private Task SaveAsync(BsonDocument document, CancellationToken cancellationToken) => writes.WriteAsync(
        [
            new BulkWriteReplaceOneModel<BsonDocument>(
                At, Match.ByKey(document[Bson.Key]), document, collation: null, hint: null, isUpsert: true),
        ],
        cancellationToken);
}
