using Caas.Tests.Support.MongoWireServer;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Tests.Engines.Mongo;

/// <summary>A wire server with the real driver in front of it.</summary>
public abstract class MongoWireClient : IAsyncLifetime
{
    private MongoClient? _client;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected MongoWireServer Server { get; } = MongoWireServer.Start();

    protected IMongoClient Client => _client ??= Connect();

    protected IMongoDatabase Database => Client.GetDatabase("shop");

    protected IMongoCollection<BsonDocument> Things => Database.GetCollection<BsonDocument>("things");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static BsonDocument Json(string json) => BsonDocument.Parse(json);

    /// <summary>The ids that a query finds.</summary>
    protected async Task<string> IdsAsync(string filter, string sort = "{ _id: 1 }")
    {
        var found = await FindAsync(filter, new FindOptions<BsonDocument> { Sort = Json(sort) });
        return string.Join(' ', found.Select(document => document["_id"]));
    }

    protected async Task InsertAsync(params string[] documents) =>
        await Things.InsertManyAsync(documents.Select(Json), cancellationToken: Ct);

    protected async Task<BsonDocument> ThingAsync(int id) => (await FindAsync($"{{ _id: {id} }}")).Single();

    protected async Task<List<BsonDocument>> FindAsync(string filter, FindOptions<BsonDocument>? options = null)
    {
        using var cursor = await Things.FindAsync(Json(filter), options, Ct);
        return await cursor.ToListAsync(Ct);
    }

    protected Task<string> UniqueAsync(string keys) => Things.Indexes.CreateOneAsync(
        new CreateIndexModel<BsonDocument>(Json(keys), new CreateIndexOptions { Unique = true }), cancellationToken: Ct);

    /// <summary>What a transaction finds.</summary>
    protected async Task<List<BsonDocument>> FindAsync(IClientSessionHandle session, string filter)
    {
        using var cursor = await Things.FindAsync(session, Json(filter), cancellationToken: Ct);
        return await cursor.ToListAsync(Ct);
    }

    private MongoClient Connect()
    {
        var settings = MongoClientSettings.FromConnectionString(Server.ConnectionString);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(5);
        return new MongoClient(settings);
    }
}
