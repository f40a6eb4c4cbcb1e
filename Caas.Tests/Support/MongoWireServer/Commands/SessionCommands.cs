using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>What ends transactions and sessions.</summary>
internal static class SessionCommands
{
    public static BsonDocument Commit(CommandCall call)
    {
        Bound(call).Commit(call);
        return [];
    }

    public static BsonDocument Abort(CommandCall call)
    {
        Bound(call).Abort(call.Store);
        return [];
    }

    public static BsonDocument End(CommandCall call)
    {
        call.Node.Sessions.End(call, call.Document[0].AsBsonArray);
        return [];
    }

    /// <summary>Sessions do not time out here.</summary>
    public static BsonDocument Refresh(CommandCall _) => [];

    private static ServerSession Bound(CommandCall call) => call.Transaction is not null
        ? call.Session!
        : throw new CommandFailure(MongoErrors.InvalidOptions, $"{call.Name} may only be run within a transaction");
}
