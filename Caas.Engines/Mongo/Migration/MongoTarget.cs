using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Migration;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Migration;

/// <inheritdoc/>
/// <remarks>
/// The first MongoDB deployment, whose databases have the configured prefix: whoever comes from a folder is placed there. What is known of the move is in the collection
/// <c>arrival</c> of the platform's database; while it says that the move is not done, no service starts.
/// </remarks>
internal sealed class MongoTarget(MongoDatabases databases, ArrivalDocuments arrival, TargetWrites writes) : IMoveTarget
{
    /// <inheritdoc/>
    public string Name => $"the MongoDB databases '{databases.Options.DatabasePrefix}...'";

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await MakeAsync(DatabaseName.Platform, cancellationToken);
        if (await arrival.ReadStateAsync(cancellationToken) is not null)
        {
            return;
        }

        if (await IsInUseAsync(cancellationToken))
        {
            throw new MoveException($"In {Name} is a deployment already: name others by {MongoOptions.Section}:{nameof(MongoOptions.DatabasePrefix)}.");
        }
    }

    /// <inheritdoc/>
    public Task<MoveState?> ReadStateAsync(CancellationToken cancellationToken) => arrival.ReadStateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SaveStateAsync(MoveState state, CancellationToken cancellationToken) =>
        arrival.SaveStateAsync(state, cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseProgress?> ReadProgressAsync(DatabaseName name, CancellationToken cancellationToken) =>
        arrival.ReadProgressAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task SaveProgressAsync(DatabaseName name, DatabaseProgress progress, CancellationToken cancellationToken) =>
        arrival.SaveProgressAsync(name, progress, cancellationToken);

    /// <inheritdoc/>
    public Task MakeAsync(DatabaseName name, CancellationToken cancellationToken) =>
        writes.RunAsync(async token =>
        {
            await databases.MakeAsync(name, token);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientId>> ListClientsAsync(CancellationToken cancellationToken)
    {
        var names = await writes.RunAsync(
            async token => await (await databases.Placements.First.Client.ListDatabaseNamesAsync(token)).ToListAsync(token), cancellationToken);
        return [.. names.Select(databases.Parse).OfType<DatabaseName>().Select(static name => name.Client).OfType<ClientId>()];
    }

    /// <inheritdoc/>
    public async Task EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        await writes.RunAsync(async token =>
        {
            await databases.EraseAsync(clientId, token);
            return true;
        }, cancellationToken);
        await arrival.ForgetProgressAsync(DatabaseName.Of(clientId), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> MergeAsync(
        DatabaseName name, MovedRange range, IReadOnlyList<MovedRow> rows, bool write, CancellationToken cancellationToken)
    {
        if (MovedDocuments.Of(range.Table) is not { } collection)
        {
            return [];
        }

        var found = await CompareAsync(name, range, collection, rows, cancellationToken);
        if (write && !found.IsSame)
        {
            await writes.WriteAsync(found.Models(databases.Namespace(name, collection.Name)), cancellationToken);
        }

        return found.Names;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(
        DatabaseName name, ConversationId? conversation, StoredLeaf? after, int limit, CancellationToken cancellationToken)
    {
        var key = KeyShape.Fields("k.c", "n");
        object[]? last = after is null ? null : [after.Conversation.Value.ToByteArray(bigEndian: true), after.Sequence];
        var range = new MovedRange(MovedTables.Messages, conversation?.Value.ToByteArray(bigEndian: true), last, null);
        var query = new Query(MongoCollections.Messages, key.Filter(range))
        {
            Sort = key.Sort,
            Limit = limit,
            Fields = new BsonDocument { { "k.c", 1 }, { "n", 1 }, { "leaf", 1 } },
        };
        var documents = await writes.FindAsync(name, query, cancellationToken);
        return documents.ConvertAll(static document => new StoredLeaf(
            new ConversationId(document.Document("k").Id("c")), document.Number("n"), document.Blob("leaf")));
    }

    /// <inheritdoc/>
    public Task SetPositionsAsync(DatabaseName name, DatabasePositions positions, CancellationToken cancellationToken) =>
        writes.WriteAsync(
            [
                new BulkWriteUpdateOneModel<BsonDocument>(
                    databases.Namespace(name, MongoCollections.Counters),
                    Match.ByKey(MongoCollections.ChangesCounter),
                    Match.Set(new BsonDocument("p", positions.Last)),
                    isUpsert: true),
                RelayDocuments.Set(
                    databases.Namespace(DatabaseName.Platform, MongoCollections.Relays), name, positions.Relayed, positions.Last),
            ],
            cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A service that has started once has secrets.
    private async Task<bool> IsInUseAsync(CancellationToken cancellationToken)
    {
        foreach (var collection in (string[])[MongoCollections.Secrets, MongoCollections.Clients])
        {
            var any = new Query(collection, []) { Limit = 1 };
            if ((await writes.FindAsync(DatabaseName.Platform, any, cancellationToken)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private Task<MergeFound> CompareAsync(
        DatabaseName name, MovedRange range, MovedCollection collection, IReadOnlyList<MovedRow> rows, CancellationToken cancellationToken) =>
        writes.RunAsync(
            async token =>
            {
                var merge = new MongoMerge(range.Table, collection, rows);
                using var cursor = await databases.In(databases.Placements.First, name).Collection(collection.Name).FindAsync(
                    collection.Key.Filter(range), new FindOptions<BsonDocument> { Sort = collection.Key.Sort }, token);
                while (await cursor.MoveNextAsync(token))
                {
                    merge.See(cursor.Current);
                }

                return merge.Finish();
            },
            cancellationToken);
}
