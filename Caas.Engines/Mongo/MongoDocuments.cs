using System.Diagnostics;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Clients;
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

    private readonly MongoPing _ping = new(databases.Placements.First.Client);

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
                await RefuseUnknownPlacementsAsync(cancellationToken);
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
    /// is healthy again once there is a majority, also where nobody writes. Degraded while a further deployment does not
    /// answer: it holds some of the clients.
    /// </summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var answered = await _ping.CheckHealthAsync(context, cancellationToken);
        if (answered.Status != HealthStatus.Healthy)
        {
            return answered;
        }

        return state.Failure is not { } failure || await writes.ProbeAsync(cancellationToken)
            ? await CheckOthersAsync(context, cancellationToken)
            : HealthCheckResult.Unhealthy("The documents cannot be written.", failure);
    }

    private async Task<HealthCheckResult> CheckOthersAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var away = await Task.WhenAll(databases.Placements.Others.Select(async placement =>
        {
            var answered = await new MongoPing(placement.Client).CheckHealthAsync(context, cancellationToken);
            return answered.Status == HealthStatus.Healthy ? null : placement.Name;
        }));
        return away.OfType<string>().ToArray() is { Length: > 0 } names
            ? HealthCheckResult.Degraded($"No server answers for the clients placed in {string.Join(", ", names)}.")
            : HealthCheckResult.Healthy();
    }

    private async Task RefuseUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (await reads.FirstAsync(DatabaseName.Platform, ArrivalDocuments.Unfinished, cancellationToken) is not null)
        {
            throw new EngineStartException(
                $"ConnectionStrings:{MongoEngine.ConnectionName}: a migration into this deployment has not ended: repeat it.");
        }
    }

    // Else a process that was not told of a deployment would find that it is out of reach, one client after the other.
    private async Task RefuseUnknownPlacementsAsync(CancellationToken cancellationToken)
    {
        var known = databases.Placements.All.Select(static placement => placement.Name);
        if (await reads.FirstAsync(DatabaseName.Platform, ClientDocuments.OutsideOf(known), cancellationToken) is { } outside)
        {
            var placement = ClientDocuments.ReadPlacement(outside);
            throw new EngineStartException(
                $"{MongoPlacements.KeyOf(placement)}: is missing, and clients have their databases there ('{placement}').");
        }
    }

    // A refused password is no matter of waiting.
    private static bool IsAway(Exception failure) =>
        failure is TimeoutException or MongoConnectionException and not MongoAuthenticationException;

    [LoggerMessage(7303, LogLevel.Warning, "The start waits for MongoDB: {Failure}")]
    private partial void LogStartWaits(string failure);
}
