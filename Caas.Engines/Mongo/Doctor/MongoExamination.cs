using System.Runtime.CompilerServices;
using Caas.Engines.Doctor;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <inheritdoc/>
/// <remarks>
/// Reads only. What is said of the set as a whole needs the role <c>clusterMonitor</c>, which the product itself does not:
/// without it these findings say so.
/// </remarks>
internal sealed class MongoExamination(Func<MongoDatabases> databases, TimeProvider clock) : IExamination
{
    /// <inheritdoc/>
    public string Of => "mongodb";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Finding> ExamineAsync(
        Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = databases();
        foreach (var placement in all.Placements.All)
        {
            await foreach (var finding in ExamineAsync(all, placement, examination, cancellationToken).ConfigureAwait(false))
            {
                yield return placement == all.Placements.First
                    ? finding
                    : finding with { Subject = $"placement {placement.Name}, {finding.Subject}" };
            }
        }
    }

    private async IAsyncEnumerable<Finding> ExamineAsync(
        MongoDatabases all, MongoPlacement placement, Examination examination, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var client = placement.Client;
        var (reached, hello) = await ReachAsync(placement, cancellationToken).ConfigureAwait(false);
        yield return reached;
        if (hello is null)
        {
            yield break;
        }

        foreach (var finding in MongoAccess.Find(client.Settings, MongoPlacements.KeyOf(placement.Name)))
        {
            yield return finding;
        }

        var members = new MongoMembers(client, examination, clock);
        foreach (var address in MongoSet.Addresses(hello))
        {
            foreach (var finding in await members.ExamineAsync(address, cancellationToken).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        foreach (var finding in await new MongoSet(client, examination).ExamineAsync(hello, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        foreach (var finding in await new MongoShapes(all, placement, examination).ExamineAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }
    }

    private static async Task<(Finding Finding, BsonDocument? Hello)> ReachAsync(MongoPlacement placement, CancellationToken cancellationToken)
    {
        var (client, key) = (placement.Client, MongoPlacements.KeyOf(placement.Name));
        try
        {
            var hello = await MongoQuestion.AskAsync(client, MongoCommands.Hello, cancellationToken).ConfigureAwait(false);

            // hello is answered to everybody; this is not.
            using var names = await client.ListDatabaseNamesAsync(cancellationToken).ConfigureAwait(false);
            return (Finding.Ok("reached", "it answers, and lets this user in"), hello);
        }
        catch (Exception failure) when (failure is MongoAuthenticationException or MongoCommandException { Code: MongoQuestion.Unauthorized })
        {
            return (Finding.Error("reached", "it refuses the user or the password", "to be let in", $"Correct user, password and authSource in {key}."), null);
        }
        catch (Exception failure) when (failure is MongoException or TimeoutException)
        {
            return (
                Finding.Error(
                    "reached",
                    $"no primary answers ({failure.GetType().Name})",
                    "an answer",
                    $"Start the replica set; compare addresses, replicaSet and tls in {key} with its own."),
                null);
        }
    }
}
