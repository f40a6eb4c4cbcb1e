using System.Collections.Concurrent;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The databases by name, and whether each was made. Reads of one that was not find nothing and make nothing. Thread-safe.
/// </summary>
internal sealed class MongoDatabases(IMongoClient client, MongoSchema schema, IOptions<MongoOptions> options)
{
    private const string Platform = "platform";

    private static readonly MongoDatabaseSettings Majority = new()
    {
        ReadConcern = ReadConcern.Majority,
        ReadPreference = ReadPreference.Primary,
    };

    private static readonly MongoDatabaseSettings MajorityBehind = new()
    {
        ReadConcern = ReadConcern.Majority,
        ReadPreference = ReadPreference.SecondaryPreferred,
    };

    private readonly ConcurrentDictionary<DatabaseName, Task> _made = new();

    public IMongoClient Client => client;

    public MongoOptions Options => options.Value;

    /// <summary>The name on the server.</summary>
    public string NameOf(DatabaseName name) =>
        name.Client is { } id ? $"{Options.DatabasePrefix}{id}" : Options.DatabasePrefix + Platform;

    /// <summary>The database behind a server's name; null where it is none of ours.</summary>
    public DatabaseName? Parse(string name)
    {
        if (!name.StartsWith(Options.DatabasePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = name.AsSpan(Options.DatabasePrefix.Length);
        return rest.SequenceEqual(Platform) ? DatabaseName.Platform
            : TypeId.TryParse<ClientId>(rest, out var id) ? DatabaseName.Of(id)
            : null;
    }

    public CollectionNamespace Namespace(DatabaseName name, string collection) => new(NameOf(name), collection);

    /// <summary>To read what may be decided by or shown after a write: of the primary, held by a majority.</summary>
    public IMongoCollection<BsonDocument> Collection(DatabaseName name, string collection) =>
        client.GetDatabase(NameOf(name), Majority).GetCollection<BsonDocument>(collection);

    /// <summary>To read what is old, where the options allow it of a secondary.</summary>
    public IMongoCollection<BsonDocument> OldCollection(DatabaseName name, string collection) => client
        .GetDatabase(NameOf(name), Options.HistoryFromSecondary ? MajorityBehind : Majority)
        .GetCollection<BsonDocument>(collection);

    /// <summary>Makes the database, or brings it up to date, at the first call of this process.</summary>
    public async ValueTask MakeAsync(DatabaseName name, CancellationToken cancellationToken)
    {
        var made = _made.GetOrAdd(name, static (key, self) => self.StartMakingAsync(key), this);
        try
        {
            await made.WaitAsync(cancellationToken);
        }
        catch (Exception) when (made.IsFaulted || made.IsCanceled)
        {
            // Whoever comes next tries again.
            _made.TryRemove(new(name, made));
            throw;
        }
    }

    /// <summary>Erases a client's database; the next write would make it anew.</summary>
    public async ValueTask EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        var name = DatabaseName.Of(clientId);
        try
        {
            await client.WithWriteConcern(DurableWrites.Concern(Options)).DropDatabaseAsync(NameOf(name), cancellationToken);
            _made.TryRemove(name, out _);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && MongoFailures.IsStorage(failure))
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    private Task StartMakingAsync(DatabaseName name)
    {
        // Its own time, not that of the caller who happens to be first.
        var steps = name.Client is null ? MongoSchema.Platform : MongoSchema.Client;
        return schema.ApplyAsync(client.GetDatabase(NameOf(name), Majority), steps);
    }
}
