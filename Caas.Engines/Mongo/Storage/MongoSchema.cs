using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// Brings a database up to date: the numbered steps of <see cref="PlatformSchema"/> or <see cref="ClientSchema"/> that it
/// has not had. A step can be repeated, so that two nodes may do the same one, and one that was cut off begins again; it
/// is noted when it is done. A step that was released is never edited.
/// </summary>
internal sealed class MongoSchema(IOptions<MongoOptions> options)
{
    public static IReadOnlyList<SchemaStep> Platform { get; } = [PlatformSchema.First];

    public static IReadOnlyList<SchemaStep> Client { get; } = [ClientSchema.First];

    /// <summary><see cref="EngineStartException"/> where the database is of a newer version of the software.</summary>
    public async Task ApplyAsync(IMongoDatabase database, IReadOnlyList<SchemaStep> steps)
    {
        using var deadline = new CancellationTokenSource(options.Value.LongWriteTimeout, TimeProvider.System);
        var name = database.DatabaseNamespace.DatabaseName;
        var version = await ReadVersionAsync(database, deadline.Token);
        if (version > steps.Count)
        {
            throw new EngineStartException(
                $"The database {name} has schema {version}, this version of the software knows {steps.Count}: use the newer one.");
        }

        foreach (var step in steps.Skip((int)version))
        {
            await Task.WhenAll(step.Collections.Select(collection => MakeAsync(database, collection, deadline.Token)));
            version++;
            await NoteAsync(database, version, deadline.Token);
        }
    }

    /// <summary>How many steps a database has had; 0 where it is none.</summary>
    public static async Task<long> ReadVersionAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        using var found = await database.GetCollection<BsonDocument>(MongoCollections.Counters).FindAsync(
            Match.ByKey(MongoCollections.SchemaCounter), new FindOptions<BsonDocument> { Limit = 1 }, cancellationToken);
        return (await found.ToListAsync(cancellationToken)) is [var schema] ? schema.Number("v") : 0;
    }

    private static async Task MakeAsync(IMongoDatabase database, CollectionShape shape, CancellationToken cancellationToken)
    {
        var create = new BsonDocument(MongoCommands.Create, shape.Name);
        if (shape.Required.Count > 0)
        {
            create.Add("validator", new BsonDocument("$jsonSchema", shape.ToJsonSchema()));
        }

        try
        {
            await database.RunCommandAsync<BsonDocument>(create.Add("writeConcern", DurableWrites.Made), null, cancellationToken);
        }
        catch (MongoCommandException failure) when (MongoFailures.IsMadeAlready(failure))
        {
            // Another node, or an earlier try.
        }

        if (shape.Indexes.Count > 0)
        {
            var indexes = new BsonArray(shape.Indexes.Select(static index => index.ToBson()));
            await database.RunCommandAsync<BsonDocument>(
                new BsonDocument
                {
                    { MongoCommands.CreateIndexes, shape.Name }, { "indexes", indexes }, { "writeConcern", DurableWrites.Made },
                },
                null,
                cancellationToken);
        }
    }

    // The counter is there before the first transaction, which then never has to make it.
    private async Task NoteAsync(IMongoDatabase database, long version, CancellationToken cancellationToken)
    {
        var counters = new CollectionNamespace(database.DatabaseNamespace, MongoCollections.Counters);
        await database.Client.BulkWriteAsync(
            [
                new BulkWriteUpdateOneModel<BsonDocument>(
                    counters,
                    Match.ByKey(MongoCollections.ChangesCounter),
                    new BsonDocument("$setOnInsert", new BsonDocument("p", 0L)),
                    isUpsert: true),
                new BulkWriteUpdateOneModel<BsonDocument>(
                    counters,
                    Match.ByKey(MongoCollections.SchemaCounter),
                    new BsonDocument("$max", new BsonDocument("v", version)),
                    isUpsert: true),
            ],
            DurableWrites.Alone(options.Value),
            cancellationToken);
    }
}

/// <summary>One step of a database's schema: collections that are made, or get further indexes.</summary>
/// <param name="Collections">Which.</param>
internal sealed record SchemaStep(IReadOnlyList<CollectionShape> Collections);

/// <summary>A collection, what each of its documents must have, and its indexes.</summary>
/// <param name="Name">One of <see cref="MongoCollections"/>.</param>
/// <param name="Required">The fields without which a document is refused, with their BSON types.</param>
/// <param name="Indexes">The indexes beside that of the key.</param>
internal sealed record CollectionShape(
    string Name, IReadOnlyList<(string Field, string Type)> Required, IReadOnlyList<IndexShape> Indexes)
{
    /// <summary>The validator. What else a document holds is its mapper's.</summary>
    public BsonDocument ToJsonSchema() => new()
    {
        { "bsonType", "object" },
        { "required", new BsonArray(Required.Select(static rule => rule.Field)) },
        { "properties", new BsonDocument(Required.Select(static rule => new BsonElement(rule.Field, new BsonDocument("bsonType", rule.Type)))) },
    };
}

/// <summary>An index.</summary>
/// <param name="Name">Its name, which an error message shows.</param>
/// <param name="Keys">The fields, in order.</param>
/// <param name="Unique">Whether it is a guard.</param>
/// <param name="Partial">Only documents that have this field; null for all.</param>
/// <param name="Expires">Whether documents go at the time in its field.</param>
internal sealed record IndexShape(
    string Name, BsonDocument Keys, bool Unique = false, string? Partial = null, bool Expires = false)
{
    public BsonDocument ToBson()
    {
        var index = new BsonDocument { { "key", Keys }, { "name", Name } };
        if (Unique)
        {
            index.Add("unique", true);
        }

        if (Partial is not null)
        {
            index.Add("partialFilterExpression", new BsonDocument(Partial, Match.Present));
        }

        return Expires ? index.Add("expireAfterSeconds", 0) : index;
    }
}
