using Caas.Domain.Errors;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Tokens;

/// <inheritdoc/>
/// <remarks>Every addition moves one document of the counters: of two nodes that rotate at once one conflicts.</remarks>
internal sealed class MongoSigningKeyStore(MongoReads reads, WriteQueues queues) : ISigningKeyStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SigningKey>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var documents = await reads.FindAsync(DatabaseName.Platform, All, cancellationToken);
        return documents.ConvertAll(Read).FindAll(key => key.RetiresAt is null || key.RetiresAt > now);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryAddAsync(
        SigningKey key, string? expectedNewest, DateTimeOffset? othersRetireAt, CancellationToken cancellationToken)
    {
        var added = await queues.WriteAsync(
            DatabaseName.Platform,
            (Key: key, Expected: expectedNewest, RetireAt: othersRetireAt),
            static (unit, state) => TryAddAsync(unit, state.Key, state.Expected, state.RetireAt),
            cancellationToken);
        return added.OrThrow();
    }

    // They are few: a handful a year.
    private static Query All { get; } = new(MongoCollections.SigningKeys, []) { Sort = Match.Ascending("at", Bson.Key) };

    private static async Task<Result<bool>> TryAddAsync(MongoUnit unit, SigningKey key, string? expected, DateTimeOffset? retireAt)
    {
        var keys = (await unit.FindAsync(All)).ConvertAll(Read);
        var newest = keys.Count == 0 ? null : keys[^1];
        if (newest?.Id != expected)
        {
            return false;
        }

        foreach (var other in keys.Where(other => retireAt is not null && (other.RetiresAt is null || other.RetiresAt > retireAt)))
        {
            unit.Replace(MongoCollections.SigningKeys, Match.ByKey(other.Id), Write(other with { RetiresAt = retireAt }));
        }

        unit.Update(
            MongoCollections.Counters,
            Match.ByKey(MongoCollections.SigningKeys),
            new BsonDocument("$inc", new BsonDocument("v", 1L)),
            upsert: true);
        unit.Insert(MongoCollections.SigningKeys, Write(key));
        return true;
    }

    internal static BsonDocument Write(SigningKey key) => new BsonDocument
    {
        { Bson.Key, key.Id },
        { "key", Bson.Bytes(key.PrivateKey) },
        { "at", Bson.Time(key.CreatedAt) },
        { "from", Bson.Time(key.SignsFrom) },
    }.With("ends", key.RetiresAt);

    private static SigningKey Read(BsonDocument document) => new(
        document.Text(Bson.Key), document.Blob("key"), document.At("at"), document.At("from"), document.AtOrNull("ends"));
}
