using System.Globalization;
using Caas.Engines.Doctor;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <summary>
/// Whether each database has the collections, validators and indexes that <see cref="MongoSchema"/> makes: what keeps a
/// number from being given twice is an index.
/// </summary>
/// <param name="databases">The databases.</param>
/// <param name="placement">The deployment that is looked at.</param>
/// <param name="examination">How they are examined.</param>
internal sealed class MongoShapes(MongoDatabases databases, MongoPlacement placement, Examination examination)
{
    // Of a deployment of thousands of clients; the rest is looked at where everything is.
    private const int LookedAt = 50;

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        using var cursor = await placement.Client.ListDatabaseNamesAsync(cancellationToken).ConfigureAwait(false);
        var names = await cursor.ToListAsync(cancellationToken).ConfigureAwait(false);
        var ours = names.Select(name => (Name: name, Kind: databases.Parse(name)))
            .Where(static one => one.Kind is not null)
            .OrderBy(static one => one.Kind!.Value.Client is not null)
            .ToList();
        if (ours.Count == 0)
        {
            return [Finding.Ok("databases", "none yet: the first start makes them")];
        }

        var findings = new List<Finding>();
        foreach (var (name, kind) in examination.IsDeep ? ours : ours.Take(LookedAt))
        {
            if (await FindFaultAsync(name, kind!.Value, cancellationToken).ConfigureAwait(false) is { } fault)
            {
                findings.Add(fault);
            }
        }

        var count = examination.IsDeep ? ours.Count : Math.Min(ours.Count, LookedAt);
        return findings.Count > 0
            ? findings
            : [Finding.Ok("databases", string.Create(CultureInfo.InvariantCulture, $"{count} of {ours.Count} looked at: collections, validators and indexes are there"))];
    }

    private async Task<Finding?> FindFaultAsync(string name, DatabaseName kind, CancellationToken cancellationToken)
    {
        var steps = kind.Client is null ? MongoSchema.Platform : MongoSchema.Client;
        var database = placement.Client.GetDatabase(name);
        var version = await MongoSchema.ReadVersionAsync(database, cancellationToken).ConfigureAwait(false);
        if (version != steps.Count)
        {
            return Schema(name, version, steps.Count);
        }

        var there = await ReadCollectionsAsync(database, cancellationToken).ConfigureAwait(false);
        var missing = new List<string>();
        foreach (var shapes in steps.SelectMany(static step => step.Collections).GroupBy(static shape => shape.Name, StringComparer.Ordinal))
        {
            missing.AddRange(await MissingAsync(database, [.. shapes], there, cancellationToken).ConfigureAwait(false));
        }

        return missing.Count == 0 ? null : Finding.Error(
            $"database {name}",
            $"without {string.Join(", ", missing)}",
            "what the product made",
            "Somebody removed or changed it. Make it again as docs and MongoSchema have it (createIndexes, collMod), or restore the "
            + "database; where a unique index cannot be made, what it guards has been broken.");
    }

    private static Finding Schema(string name, long version, int known)
    {
        var (found, wanted) = (version.ToString(CultureInfo.InvariantCulture), known.ToString(CultureInfo.InvariantCulture));
        return version > known
            ? Finding.Error($"database {name}, schema", found, wanted, "Use the newer version of the software that made it.")
            : Finding.Warning($"database {name}, schema", found, wanted, "Start this version: it brings a database up to date at its first use.");
    }

    private static async Task<Dictionary<string, BsonDocument>> ReadCollectionsAsync(
        IMongoDatabase database, CancellationToken cancellationToken)
    {
        using var cursor = await database.ListCollectionsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return (await cursor.ToListAsync(cancellationToken).ConfigureAwait(false))
            .ToDictionary(static one => one["name"].AsString, static one => one.GetValue("options", new BsonDocument()).AsBsonDocument, StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> MissingAsync(
        IMongoDatabase database,
        IReadOnlyList<CollectionShape> shapes,
        Dictionary<string, BsonDocument> there,
        CancellationToken cancellationToken)
    {
        var name = shapes[0].Name;
        if (!there.TryGetValue(name, out var options))
        {
            return [$"collection {name}"];
        }

        var missing = new List<string>();
        if (shapes.LastOrDefault(static shape => shape.Required.Count > 0) is { } ruled
            && !IsSame(options.GetValue("validator", BsonNull.Value), new BsonDocument("$jsonSchema", ruled.ToJsonSchema())))
        {
            missing.Add($"the validator of {name}");
        }

        using var cursor = await database.GetCollection<BsonDocument>(name).Indexes.ListAsync(cancellationToken).ConfigureAwait(false);
        var indexes = await cursor.ToListAsync(cancellationToken).ConfigureAwait(false);
        missing.AddRange(shapes.SelectMany(static shape => shape.Indexes)
            .Where(wanted => !indexes.Exists(found => Has(found, wanted.ToBson())))
            .Select(wanted => $"the index {wanted.Name} of {name}"));
        return missing;
    }

    // A server adds what it knows of an index ("v").
    private static bool Has(BsonDocument found, BsonDocument wanted) =>
        wanted.All(element => found.TryGetValue(element.Name, out var value) && IsSame(value, element.Value));

    // It may keep a number as another type, which the driver's own equality tells apart.
    private static bool IsSame(BsonValue one, BsonValue other) => (one, other) switch
    {
        (BsonDocument first, BsonDocument second) => first.ElementCount == second.ElementCount
            && first.Zip(second).All(static pair => pair.First.Name == pair.Second.Name && IsSame(pair.First.Value, pair.Second.Value)),
        (BsonArray first, BsonArray second) => first.Count == second.Count && first.Zip(second).All(static pair => IsSame(pair.First, pair.Second)),
        _ when one.IsNumeric && other.IsNumeric => one.ToDouble().Equals(other.ToDouble()),
        _ => one.Equals(other),
    };
}
