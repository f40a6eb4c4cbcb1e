using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What an administrator asks of a replica set; it changes nothing.</summary>
internal static class SetCommands
{
    public static BsonDocument Config(CommandCall call)
    {
        var told = Demand(call);
        var members = Addresses(call).Select((address, number) => new BsonDocument
        {
            ["_id"] = number,
            ["host"] = address,
            ["arbiterOnly"] = told.Arbiters.Contains(address, StringComparer.Ordinal),
            ["votes"] = 1,
        });
        return new BsonDocument("config", new BsonDocument
        {
            ["_id"] = MongoWireServer.ReplicaSet,
            ["version"] = 1,
            ["members"] = new BsonArray(members),
        });
    }

    public static BsonDocument Status(CommandCall call)
    {
        var told = Demand(call);
        var now = new BsonDateTime(call.Store.Now.ToUnixTimeMilliseconds());
        var members = Addresses(call).Except(told.Arbiters, StringComparer.Ordinal).Select((address, number) => new BsonDocument
        {
            ["_id"] = number,
            ["name"] = address,
            ["health"] = 1.0,
            ["stateStr"] = number == 0 ? "PRIMARY" : told.StateOfOthers,
            ["optimeDate"] = now,
        });
        return new BsonDocument { ["set"] = MongoWireServer.ReplicaSet, ["date"] = now, ["members"] = new BsonArray(members) };
    }

    public static BsonDocument DefaultConcern(CommandCall call) => new()
    {
        ["defaultReadConcern"] = new BsonDocument("level", "local"),
        ["defaultWriteConcern"] = new BsonDocument { ["w"] = call.Node.Options.Set.DefaultConcern, ["wtimeout"] = 0 },
    };

    private static IEnumerable<string> Addresses(CommandCall call) =>
        [call.Node.Address, .. call.Node.Options.Set.Others, .. call.Node.Options.Set.Arbiters];

    private static MongoWireSet Demand(CommandCall call) => call.Node.Options.Set is { IsStandalone: false } set
        ? set
        : throw new CommandFailure(MongoErrors.NoReplicationEnabled, "not running with --replSet");
}
