using Caas.Tests.Support.MongoWireServer.Query;
using MongoDB.Bson;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>The sessions by their ids; guarded by the store's lock.</summary>
internal sealed class SessionTable
{
    private readonly Dictionary<BsonValue, ServerSession> _sessions = new(BsonOrder.Instance);

    /// <summary>Finds the command's session and its transaction, or begins one, at the first run of the command.</summary>
    public void Bind(CommandCall call, CommandKind kind)
    {
        if (call.Session is not null)
        {
            return;
        }

        if (call.Document.Contains("txnNumber") && !call.Document.Contains("lsid"))
        {
            throw new CommandFailure(MongoErrors.InvalidOptions, "Transaction number requires a session ID");
        }

        if (call.Optional("lsid") is not BsonDocument id)
        {
            return;
        }

        if (!_sessions.TryGetValue(id, out var session))
        {
            session = _sessions[id] = new ServerSession();
        }

        call.Session = session;
        if (call.Optional("txnNumber") is { } number)
        {
            session.Bind(call, kind, number.ToInt64());
        }
    }

    /// <summary>Ends the transaction that a command belongs to which failed before it was bound.</summary>
    public void AbortOf(CommandCall call)
    {
        if (call.Optional("lsid") is { } id && _sessions.TryGetValue(id, out var session))
        {
            session.Abort(call.Store);
        }
    }

    public void End(CommandCall call, BsonArray ids)
    {
        foreach (var id in ids)
        {
            if (_sessions.Remove(id, out var session))
            {
                session.Abort(call.Store);
            }
        }
    }
}
