using System.Globalization;
using Caas.Engines.Doctor;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Caas.Engines.Mongo.Doctor;

/// <summary>The replica set as a whole: what the loss of a member costs, and how long one may be away.</summary>
/// <param name="client">The product's client.</param>
/// <param name="examination">How it is examined.</param>
internal sealed class MongoSet(IMongoClient client, Examination examination)
{
    private const int Wanted = 3;
    private const string AskMore = "Grant this user the role clusterMonitor on admin, for the examination.";

    private static readonly TimeSpan ShortWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongWindow = TimeSpan.FromDays(1);
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(10);

    /// <summary>The data members that a member tells of; itself where it is alone.</summary>
    public static IReadOnlyList<string> Addresses(BsonDocument hello) =>
        [.. List(hello, "hosts").Concat(List(hello, "passives"))];

    public async Task<IReadOnlyList<Finding>> ExamineAsync(BsonDocument hello, CancellationToken cancellationToken)
    {
        if (!hello.Contains("setName"))
        {
            return
            [
                Finding.Error(
                    "replica set", "a server of its own", "a replica set", "Start it with --replSet and initiate the set: transactions and the relay need one."),
            ];
        }

        var members = Addresses(hello);
        var arbiters = List(hello, "arbiters").ToList();
        return
        [
            Finding.Of(
                members.Count >= Wanted,
                "replica set, data members",
                Text(members.Count),
                examination.LackOfMembers,
                "at least 3",
                "Add members: with fewer, the loss of one stops all writes."),
            Finding.Of(
                arbiters.Count == 0,
                "replica set, arbiters",
                Text(arbiters.Count),
                Severity.Error,
                "none",
                "Replace it by a data member: with an arbiter a majority may hold no second copy of what was answered."),
            await VotesAsync(cancellationToken).ConfigureAwait(false),
            .. await StatesAsync(cancellationToken).ConfigureAwait(false),
            await ConcernAsync(cancellationToken).ConfigureAwait(false),
            await WindowAsync(cancellationToken).ConfigureAwait(false),
        ];
    }

    private async Task<Finding> VotesAsync(CancellationToken cancellationToken)
    {
        if (await MongoQuestion.TryAsync(client, MongoCommands.ReplSetGetConfig, cancellationToken).ConfigureAwait(false) is not { } answer)
        {
            return Finding.NotTold("replica set, votes", AskMore);
        }

        var voters = answer["config"]["members"].AsBsonArray.Count(static member => member.AsBsonDocument.NumberOr("votes", 1) > 0);
        return Finding.Of(
            voters >= Wanted && voters % 2 == 1,
            "replica set, votes",
            Text(voters),
            voters >= Wanted ? Severity.Warning : examination.LackOfMembers,
            "3, 5 or 7",
            "Set the members' votes (rs.reconfig): an even number survives no more than one less.");
    }

    private async Task<IReadOnlyList<Finding>> StatesAsync(CancellationToken cancellationToken)
    {
        if (await MongoQuestion.TryAsync(client, MongoCommands.ReplSetGetStatus, cancellationToken).ConfigureAwait(false) is not { } status)
        {
            return [Finding.NotTold("replica set, states", AskMore)];
        }

        var members = status["members"].AsBsonArray.Select(static member => member.AsBsonDocument).ToList();
        var newest = members.Select(Applied).Max();
        return [.. members.Select(member => State(member, newest - Applied(member)))];
    }

    private static Finding State(BsonDocument member, TimeSpan behind)
    {
        var state = member.GetValue("stateStr", "unknown").ToString()!;
        var isServing = state is "PRIMARY" or "SECONDARY" && member.NumberOr("health", 1) == 1;
        return Finding.Of(
            isServing && behind < Behind,
            $"member {member.GetValue("name", "unknown")}, state",
            string.Create(CultureInfo.InvariantCulture, $"{state}, {behind.TotalSeconds:0} s behind"),
            isServing ? Severity.Warning : Severity.Error,
            "PRIMARY or SECONDARY, less than 10 s behind",
            "See its log: it is down, copies, or is too slow for what is written.");
    }

    // What the product writes names its own concern; whoever else writes there, by hand, gets this one.
    private async Task<Finding> ConcernAsync(CancellationToken cancellationToken)
    {
        if (await MongoQuestion.TryAsync(client, MongoCommands.GetDefaultConcern, cancellationToken).ConfigureAwait(false) is not { } answer)
        {
            return Finding.NotTold("default write concern", AskMore);
        }

        var concern = answer.GetValue("defaultWriteConcern", new BsonDocument()).AsBsonDocument.GetValue("w", "majority").ToString()!;
        return Finding.Of(
            concern == "majority",
            "default write concern",
            concern,
            Severity.Warning,
            "majority",
            "setDefaultRWConcern with w: \"majority\": what anything but the product writes there may be rolled back.");
    }

    private async Task<Finding> WindowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var oplog = client.GetDatabase("local").WithReadConcern(ReadConcern.Local).GetCollection<BsonDocument>("oplog.rs");
            var first = await EndAsync(oplog, 1, cancellationToken).ConfigureAwait(false);
            var last = await EndAsync(oplog, -1, cancellationToken).ConfigureAwait(false);
            return first is null || last is null ? Finding.NotTold("oplog window", AskMore) : Window(first, last);
        }
        catch (MongoCommandException)
        {
            return Finding.NotTold("oplog window", AskMore);
        }
    }

    private static Finding Window(BsonDocument first, BsonDocument last)
    {
        var window = TimeSpan.FromSeconds((long)last["ts"].AsBsonTimestamp.Timestamp - first["ts"].AsBsonTimestamp.Timestamp);
        var found = string.Create(CultureInfo.InvariantCulture, $"{window.TotalHours:0.0} hours");

        // A set that is younger than its oplog has lost nothing yet.
        var isWhole = first.GetValue("o", new BsonDocument()) is BsonDocument o && o.GetValue("msg", BsonNull.Value) == "initiating set";
        return Finding.Of(
            isWhole || window >= LongWindow,
            "oplog window",
            isWhole ? $"{found}, the set's whole life" : found,
            window >= ShortWindow ? Severity.Warning : Severity.Error,
            "24 hours or more, and longer than the longest outage",
            "Enlarge the oplog (replSetResizeOplog): a member, or the relay, that is away for longer has to begin anew.");
    }

    private static async Task<BsonDocument?> EndAsync(
        IMongoCollection<BsonDocument> oplog, int direction, CancellationToken cancellationToken)
    {
        var options = new FindOptions<BsonDocument> { Sort = new BsonDocument("$natural", direction), Limit = 1 };
        using var found = await oplog.FindAsync(FilterDefinition<BsonDocument>.Empty, options, cancellationToken).ConfigureAwait(false);
        return await found.MoveNextAsync(cancellationToken).ConfigureAwait(false) ? found.Current.FirstOrDefault() : null;
    }

    private static DateTime Applied(BsonDocument member) =>
        member.TryGetValue("optimeDate", out var applied) && applied.IsValidDateTime ? applied.ToUniversalTime() : DateTime.UnixEpoch;

    private static IEnumerable<string> List(BsonDocument hello, string name) =>
        hello.GetValue(name, new BsonArray()).AsBsonArray.Select(static host => host.AsString);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
