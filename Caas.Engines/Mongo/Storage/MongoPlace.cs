using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>Where one database is.</summary>
/// <param name="Client">The deployment.</param>
/// <param name="Database">The database's name there.</param>
/// <param name="Options">Whether a secondary may be read.</param>
internal readonly record struct MongoPlace(IMongoClient Client, string Database, MongoOptions Options)
{
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

    /// <summary>The database, to be made or brought up to date.</summary>
    public IMongoDatabase Whole => Client.GetDatabase(Database, Majority);

    /// <summary>To read what may be decided by or shown after a write: of the primary, held by a majority.</summary>
    public IMongoCollection<BsonDocument> Collection(string collection) => Whole.GetCollection<BsonDocument>(collection);

    /// <summary>To read what is old, where the options allow it of a secondary.</summary>
    public IMongoCollection<BsonDocument> OldCollection(string collection) => Client
        .GetDatabase(Database, Options.HistoryFromSecondary ? MajorityBehind : Majority)
        .GetCollection<BsonDocument>(collection);

    public CollectionNamespace Namespace(string collection) => new(Database, collection);
}
