using System.Text;
using Caas.Tests.Support.MongoWireServer.Protocol;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>How a client and the server get to know each other.</summary>
internal static class HandshakeCommands
{
    /// <summary>The wire version of MongoDB 8.0, the first with the client-level bulkWrite.</summary>
    private const int WireVersion = 25;

    /// <summary>
    /// The primary of a set of one. No topology version is announced, so that clients poll instead of streaming, and no
    /// compression.
    /// </summary>
    public static BsonDocument Hello(CommandCall call)
    {
        var answer = new BsonDocument
        {
            ["helloOk"] = true,
            [call.Name == "hello" ? "isWritablePrimary" : "ismaster"] = !Told(call).IsSecondary,
            ["maxBsonObjectSize"] = 16 * 1024 * 1024,
            ["maxMessageSizeBytes"] = WireMessage.MaxBytes,
            ["maxWriteBatchSize"] = 100_000,
            ["localTime"] = new BsonDateTime((call.Store.Now + Told(call).ClockAhead).ToUnixTimeMilliseconds()),
            ["logicalSessionTimeoutMinutes"] = 30,
            ["connectionId"] = call.Client.ConnectionNumber,
            ["minWireVersion"] = 0,
            ["maxWireVersion"] = WireVersion,
            ["readOnly"] = false,
        };
        answer.AddRange(Told(call).IsStandalone ? [] : Set(call.Node.Address, Told(call)));
        return call.Document.Contains("saslSupportedMechs")
            ? answer.Add("saslSupportedMechs", new BsonArray { ScramExchange.Mechanism })
            : answer;
    }

    public static BsonDocument Ping(CommandCall _) => [];

    public static BsonDocument BuildInfo(CommandCall call) => new()
    {
        ["version"] = Told(call).Version,
        ["versionArray"] = new BsonArray([.. Told(call).Version.Split('.').Select(int.Parse), 0]),
        ["maxBsonObjectSize"] = 16 * 1024 * 1024,
    };

    public static BsonDocument SaslStart(CommandCall call)
    {
        if (call.Node.Options.User is not { } user || call.Document["mechanism"] != ScramExchange.Mechanism)
        {
            throw new CommandFailure(MongoErrors.AuthenticationFailed, "Authentication failed.");
        }

        call.Client.Exchange = new ScramExchange(user.Name, user.Password);
        return Step(call, call.Client.Exchange.First);
    }

    public static BsonDocument SaslContinue(CommandCall call) => call.Client.Exchange is { } exchange
        ? Step(call, exchange.Final)
        : throw new CommandFailure(MongoErrors.ProtocolError, "No SASL session state found");

    private static MongoWireSet Told(CommandCall call) => call.Node.Options.Set;

    private static BsonDocument Set(string address, MongoWireSet told) => new BsonDocument
    {
        ["setName"] = MongoWireServer.ReplicaSet,
        ["setVersion"] = 1,
        ["electionId"] = new ObjectId("7fffffff0000000000000001"),
        ["secondary"] = told.IsSecondary,
        ["hosts"] = new BsonArray([address, .. told.Others]),
        ["me"] = address,
    }
        .Add("primary", address, !told.IsSecondary)
        .Add("arbiters", new BsonArray(told.Arbiters), told.Arbiters.Count > 0);

    private static BsonDocument Step(CommandCall call, Func<string, string> step)
    {
        var answer = step(Encoding.UTF8.GetString(call.Document["payload"].AsBsonBinaryData.Bytes));
        call.Client.IsAuthenticated = call.Client.Exchange!.IsProven;
        return new BsonDocument
        {
            ["conversationId"] = 1,
            ["done"] = call.Client.IsAuthenticated,
            ["payload"] = new BsonBinaryData(Encoding.UTF8.GetBytes(answer)),
        };
    }
}
