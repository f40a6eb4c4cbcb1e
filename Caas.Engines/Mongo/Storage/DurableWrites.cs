using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// How everything is written: held by a majority, in its journal, or reported as not done in time. Anything weaker loses
/// what was answered when a primary falls.
/// </summary>
internal static class DurableWrites
{
    /// <summary>Of what is made once, by commands of its own.</summary>
    public static BsonDocument Made => new() { { "w", "majority" }, { "j", true }, { "wtimeout", 10_000 } };

    public static WriteConcern Concern(MongoOptions options) =>
        WriteConcern.WMajority.With(journal: true, wTimeout: options.WriteTimeout);

    /// <summary>For a write of one document, which needs no transaction.</summary>
    public static ClientBulkWriteOptions Alone(MongoOptions options) =>
        new() { IsOrdered = true, WriteConcern = Concern(options) };

    /// <summary>The same where it may take its time.</summary>
    public static ClientBulkWriteOptions AloneLong(MongoOptions options) => new()
    {
        IsOrdered = true,
        WriteConcern = WriteConcern.WMajority.With(journal: true, wTimeout: options.LongWriteTimeout),
    };

    /// <summary>For the write inside a transaction, whose concern is the commit's.</summary>
    public static ClientBulkWriteOptions InTransaction { get; } = new() { IsOrdered = true };

    /// <summary>For a transaction: what it reads is one snapshot of what a majority holds.</summary>
    public static TransactionOptions Transaction(MongoOptions options, TimeSpan time) => new(
        readConcern: ReadConcern.Snapshot,
        readPreference: ReadPreference.Primary,
        writeConcern: WriteConcern.WMajority.With(journal: true, wTimeout: options.WriteTimeout),
        maxCommitTime: time);
}
