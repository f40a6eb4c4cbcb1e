using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo;

/// <summary>Whether a server answers; for the client's own health check, which its section can switch off.</summary>
internal sealed class MongoPing(IMongoClient client) : IHealthCheck
{
    private static readonly BsonDocument Ping = new(Storage.MongoCommands.Ping, 1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(Ping, ReadPreference.Primary, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is MongoException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy("No server answers.", failure);
        }
    }
}
