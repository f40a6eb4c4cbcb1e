using Caas.Tests.Support.MongoWireServer.Protocol;
using Caas.Tests.Support.MongoWireServer.Storage;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>
/// Takes a command to its answer: recorded first, then the planned faults, the credential, the fields, the session, and the
/// command itself under the store's lock, again and again while something that it needs is not there yet.
/// </summary>
internal sealed class CommandDispatcher(MongoNode node)
{
    private static readonly TimeSpan AwaitByDefault = TimeSpan.FromSeconds(1);

    /// <summary>The answer; null: the connection is to be closed instead.</summary>
    public async Task<BsonDocument?> AnswerAsync(
        ClientIdentity client, BsonDocument command, CancellationToken cancellationToken)
    {
        var call = new CommandCall(node, client, command);

        // A proof of a password is no test's business.
        var isProof = call.Name.StartsWith("sasl", StringComparison.Ordinal);
        var recorded = new RecordedCommand(call.Name, call.Database, isProof ? new BsonDocument(call.Name, 1) : command);
        node.Log.Add(recorded);
        var fault = node.Faults.Take(recorded);
        if (fault?.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, node.Options.Time, cancellationToken);
        }

        if (fault is { Moment: MongoFaultMoment.Before, Closes: true })
        {
            return null;
        }

        var answer = await AnswerAsync(call, fault, cancellationToken);
        return fault is { Moment: MongoFaultMoment.After, Closes: true } ? null : WithTimes(answer);
    }

    private async Task<BsonDocument> AnswerAsync(CommandCall call, MongoFault? fault, CancellationToken cancellationToken)
    {
        try
        {
            if (fault is { Moment: MongoFaultMoment.Before, Code: not null })
            {
                throw Planned(fault);
            }

            var answer = await ExecuteAsync(call, Known(call), cancellationToken);
            return fault switch
            {
                { IsWriteConcern: true } => answer.Add("writeConcernError", ErrorAnswer.OfWriteConcern(Planned(fault))),
                { Moment: MongoFaultMoment.After, Code: not null } => ErrorAnswer.Of(Planned(fault), call),
                _ => answer,
            };
        }
        catch (CommandFailure failure)
        {
            return Failed(call, failure);
        }
#pragma warning disable CA1031 // A malformed command fails in many ways, and none may end the server.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return Failed(
                call, new CommandFailure(MongoErrors.FailedToParse, $"{call.Name} is not understood: {exception}"));
        }
    }

    private CommandDefinition Known(CommandCall call)
    {
        if (!CommandTable.All.TryGetValue(call.Name, out var definition))
        {
            throw new CommandFailure(MongoErrors.CommandNotFound, $"no such command: '{call.Name}'");
        }

        if (node.Options.User is not null && !call.Client.IsAuthenticated && definition.Kind != CommandKind.Open)
        {
            throw new CommandFailure(MongoErrors.Unauthorized, $"Command {call.Name} requires authentication");
        }

        definition.Check(call.Document);
        return definition;
    }

    private async Task<BsonDocument> ExecuteAsync(
        CommandCall call, CommandDefinition definition, CancellationToken cancellationToken)
    {
        var deadline = Deadline(call);
        while (true)
        {
            Task until;
            lock (node.Store.Gate)
            {
                try
                {
                    node.Store.AbortExpired();
                    node.Sessions.Bind(call, definition.Kind);
                    return definition.Run(call).Add("ok", 1.0);
                }
                catch (BlockedException blocked)
                {
                    until = blocked.Until;
                }
            }

            await WaitAsync(call, until, deadline, cancellationToken);
        }
    }

    private DateTimeOffset Deadline(CommandCall call)
    {
        var limit = call.Optional("maxTimeMS") is { } most && most.ToInt64() > 0
            ? TimeSpan.FromMilliseconds(most.ToInt64())
            : call.Name == "getMore" ? AwaitByDefault : node.Options.TransactionLifetime * 2;
        return node.Options.Time.GetUtcNow() + limit;
    }

    private async Task WaitAsync(CommandCall call, Task until, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        if (call.HasExpired)
        {
            throw new CommandFailure(MongoErrors.MaxTimeExpired, "operation exceeded time limit");
        }

        var time = node.Options.Time;
        var left = deadline - time.GetUtcNow();

        // An open transaction that nobody ends is ended by its lifetime, which is looked at when a command runs.
        var patience = TimeSpan.FromTicks(Math.Min(Math.Max(left.Ticks, 0), node.Options.TransactionLifetime.Ticks));
        try
        {
            await until.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            call.HasExpired = time.GetUtcNow() >= deadline;
        }
    }

    private BsonDocument Failed(CommandCall call, CommandFailure failure)
    {
        var answer = ErrorAnswer.Of(failure, call);
        lock (node.Store.Gate)
        {
            // A transaction does not survive an error of one of its commands; a refused commit can be repeated.
            if (call.Transaction is { IsOpen: true } && !ErrorAnswer.EndsTransaction(call))
            {
                node.Store.Abort(call.Transaction);
            }
            else if (answer.TryGetValue("errorLabels", out var labels)
                && labels.AsBsonArray.Contains(ErrorAnswer.TransientTransactionError))
            {
                node.Sessions.AbortOf(call);
            }
        }

        return answer;
    }

    private static CommandFailure Planned(MongoFault fault) =>
        new(fault.Code!.Value, "planned by the test") { Labels = fault.Labels };

    private BsonDocument WithTimes(BsonDocument answer)
    {
        BsonTimestamp time;
        lock (node.Store.Gate)
        {
            time = new BsonTimestamp(node.Store.LastTime);
        }

        var signature = new BsonDocument { ["hash"] = new BsonBinaryData(new byte[20]), ["keyId"] = 0L };
        answer["$clusterTime"] = new BsonDocument { ["clusterTime"] = time, ["signature"] = signature };
        answer["operationTime"] = time;
        return answer;
    }
}
