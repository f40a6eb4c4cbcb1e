using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Storage;

/// <summary>
/// What every client of the engine is set to, whatever its connection string says of it: the bounds, and how durable
/// reads and writes are. Address, TLS and credentials are the connection string's.
/// </summary>
internal sealed class MongoClientDefaults(IOptions<MongoOptions> options, MongoMetrics metrics)
{
    // Above the longest wait for an answer, which is the change stream's and that of a long write.
    private static readonly TimeSpan SocketMargin = TimeSpan.FromSeconds(5);

    /// <summary>Sets them.</summary>
    public void Apply(MongoClientSettings settings)
    {
        var bounds = options.Value;
        settings.ApplicationName ??= "caas";
        settings.MaxConnectionPoolSize = bounds.MaxConnections;
        settings.WaitQueueTimeout = bounds.ServerTimeout;
        settings.ServerSelectionTimeout = bounds.ServerTimeout;
        settings.ConnectTimeout = bounds.ServerTimeout;
        settings.SocketTimeout = bounds.LongWriteTimeout + SocketMargin;
        settings.ReadConcern = ReadConcern.Majority;
        settings.ReadPreference = ReadPreference.Primary;
        settings.WriteConcern = DurableWrites.Concern(bounds);
        settings.RetryReads = true;
        settings.RetryWrites = true;
        var configured = settings.ClusterConfigurator;
        settings.ClusterConfigurator = cluster =>
        {
            configured?.Invoke(cluster);
            metrics.Observe(cluster);
        };
    }
}
