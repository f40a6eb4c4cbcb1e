using System.Globalization;
using Caas.Engines.Doctor;
using Caas.Engines.Mongo.Storage;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <summary>Each member by itself: whether this machine reaches it, its version, its clock, its certificate.</summary>
/// <param name="client">The product's client, whose credentials and TLS are used.</param>
/// <param name="examination">How they are examined.</param>
/// <param name="clock">This machine's clock.</param>
internal sealed class MongoMembers(IMongoClient client, Examination examination, TimeProvider clock)
{
    // The first with the bulkWrite of the whole client.
    private static readonly Version Oldest = new(8, 0);

    public async Task<IReadOnlyList<Finding>> ExamineAsync(string address, CancellationToken cancellationToken)
    {
        var subject = $"member {address}";
        try
        {
            var server = MongoServerAddress.Parse(address);
            var settings = client.Settings.Clone();
            (settings.Servers, settings.DirectConnection, settings.ReplicaSetName) = ([server], true, null);
            using var member = new MongoClient(settings);
            var build = await MongoQuestion.AskAsync(member, MongoCommands.BuildInfo, cancellationToken).ConfigureAwait(false);
            var (asked, began) = (clock.GetUtcNow(), clock.GetTimestamp());
            var hello = await MongoQuestion.AskAsync(member, MongoCommands.Hello, cancellationToken).ConfigureAwait(false);
            var told = new DateTimeOffset(hello["localTime"].ToUniversalTime(), TimeSpan.Zero);
            return
            [
                OfVersion(subject, build.GetValue("version", "unknown").ToString()!),
                ServerClock.Compare(subject, told, asked, clock.GetElapsedTime(began)),
                .. settings.UseTls
                    ? [await EndpointCertificate.OfServerAsync(examination, new(server.Host, server.Port), clock, cancellationToken).ConfigureAwait(false)]
                    : (IEnumerable<Finding>)[],
            ];
        }
        catch (Exception failure) when (failure is MongoException or TimeoutException)
        {
            return
            [
                Finding.Error(
                    subject,
                    $"cannot be reached from here ({failure.GetType().Name})",
                    "an answer",
                    "Start it; the name by which the set knows it must lead to it from every node of the product."),
            ];
        }
    }

    private static Finding OfVersion(string subject, string version) => Finding.Of(
        Version.TryParse(version.Split('-')[0], out var parsed) && parsed >= Oldest,
        $"{subject}, version",
        version,
        Severity.Error,
        string.Create(CultureInfo.InvariantCulture, $"{Oldest} or newer"),
        "Upgrade it, a member at a time.");
}
