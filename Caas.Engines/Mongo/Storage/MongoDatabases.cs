using System.Collections.Concurrent;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Clients;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// The databases by name, where each is, and whether it was made. Reads of one that was not find nothing and make nothing.
/// Thread-safe.
/// </summary>
internal sealed partial class MongoDatabases(
    MongoPlacements placements, MongoSchema schema, IOptions<MongoOptions> options, ILogger<MongoDatabases> logger)
{
    private const string Platform = "platform";

    private readonly ConcurrentDictionary<DatabaseName, Task> _made = new();

    // A client never moves while a process runs.
    private readonly ConcurrentDictionary<ClientId, MongoPlacement> _placed = new();

    public MongoPlacements Placements => placements;

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

    /// <summary>A database in a deployment, whether or not it is there.</summary>
    public MongoPlace In(MongoPlacement placement, DatabaseName name) => new(placement.Client, NameOf(name), Options);

    /// <summary>
    /// Where a database is: the platform's in the first deployment, a client's where its row says, which is read once. Of a
    /// client without a row nothing is anywhere, and it is looked for in the first. A <see cref="StorageException"/> where the
    /// row names a deployment that this process does not know; what the driver throws where the row cannot be read.
    /// </summary>
    public ValueTask<MongoPlace> PlaceAsync(DatabaseName name, CancellationToken cancellationToken) => name.Client is not { } client
        ? new(In(placements.First, name))
        : _placed.TryGetValue(client, out var placement)
            ? new(In(placement, name))
            : FindPlaceAsync(client, name, cancellationToken);

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
            var place = await PlaceAsync(name, cancellationToken);
            await place.Client.WithWriteConcern(DurableWrites.Concern(Options)).DropDatabaseAsync(place.Database, cancellationToken);
            _made.TryRemove(name, out _);
            _placed.TryRemove(clientId, out _);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && MongoFailures.IsStorage(failure))
        {
            throw new StorageException(StorageErrors.Unavailable, failure);
        }
    }

    private async ValueTask<MongoPlace> FindPlaceAsync(ClientId client, DatabaseName name, CancellationToken cancellationToken)
    {
        var query = ClientDocuments.PlacementOf(client);
        using var found = await In(placements.First, DatabaseName.Platform).Collection(query.Collection)
            .FindAsync(query.Filter, query.ToOptions(Options.ReadTimeout), cancellationToken);
        if ((await found.ToListAsync(cancellationToken)) is not [var row])
        {
            return In(placements.First, name);
        }

        var placement = ClientDocuments.ReadPlacement(row);
        if (placements.Find(placement) is not { } known)
        {
            LogUnknownPlacement(client.ToString(), placement, MongoPlacements.KeyOf(placement));
            throw new StorageException(StorageErrors.Unavailable);
        }

        _placed.TryAdd(client, known);
        return In(known, name);
    }

    // Its own time, not that of the caller who happens to be first.
    private async Task StartMakingAsync(DatabaseName name)
    {
        using var deadline = new CancellationTokenSource(Options.LongWriteTimeout, TimeProvider.System);
        var place = await PlaceAsync(name, deadline.Token);
        await schema.ApplyAsync(place.Whole, name.Client is null ? MongoSchema.Platform : MongoSchema.Client);
    }

    [LoggerMessage(7304, LogLevel.Error, "{Client} is placed in '{Placement}', which this process does not know: set {Key}")]
    private partial void LogUnknownPlacement(string client, string placement, string key);
}
