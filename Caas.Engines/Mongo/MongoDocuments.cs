using System.Diagnostics;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Migration;
using Caas.Engines.Mongo.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Driver;

namespace Caas.Engines.Mongo;

/// <summary>The life of the MongoDB engine: opened by the host before it serves, asked by <c>/health</c>.</summary>
internal sealed partial class MongoDocuments(
    MongoDatabases databases,
    MongoReads reads,
    MongoWrites writes,
    StorageState state,
    IOptions<MongoOptions> options,
    ILogger<MongoDocuments> logger)
    : IEngineStart, IHealthCheck
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MongoPing _ping = new(databases.Client);

    /// <summary>
    /// Makes the platform's database, or brings it up to date. Waits for a deployment that cannot be reached yet, up to
    /// <see cref="MongoOptions.StartTimeout"/>. Refused while a migration into it has not ended: what would be written would
    /// be lost, or in its way. Repeating it does nothing.
    /// </summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await databases.MakeAsync(DatabaseName.Platform, cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
                await RefuseUnfinishedAsync(cancellationToken);
                return;
            }
            catch (Exception failure) when (IsAway(failure) && Stopwatch.GetElapsedTime(began) < options.Value.StartTimeout)
            {
                LogStartWaits(failure.GetType().Name);
            }
            catch (Exception failure) when (failure is MongoException or TimeoutException or StorageException)
            {
                throw new EngineStartException(
                    $"ConnectionStrings:{MongoEngine.ConnectionName}: the MongoDB deployment cannot be used ({failure.GetType().Name}): "
                    + "is it a replica set of version 8 that can be reached, and are the credentials right?",
                    failure);
            }

            // The machine's own time, as all of the network's.
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>
    /// Healthy while a primary answers and the last write could be stored. After a failed write it tries one, so that it
    /// is healthy again once there is a majority, also where nobody writes.
    /// </summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var answered = await _ping.CheckHealthAsync(context, cancellationToken);
        if (answered.Status != HealthStatus.Healthy || state.Failure is not { } failure)
        {
            return answered;
        }

        return await writes.ProbeAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The documents cannot be written.", failure);
    }

    private async Task RefuseUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (await reads.FirstAsync(DatabaseName.Platform, ArrivalDocuments.Unfinished, cancellationToken) is not null)
        {
            throw new EngineStartException(
                $"ConnectionStrings:{MongoEngine.ConnectionName}: a migration into this deployment has not ended: repeat it.");
        }
    }

    // A refused password is no matter of waiting.
    private static bool IsAway(Exception failure) =>
        failure is TimeoutException or MongoConnectionException and not MongoAuthenticationException;

    [LoggerMessage(7303, LogLevel.Warning, "The start waits for MongoDB: {Failure}")]
    private partial void LogStartWaits(string failure);
}
