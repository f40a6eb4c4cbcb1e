using Caas.Tests.Support.MongoWireServer.Storage;

namespace Caas.Tests.Support.MongoWireServer.Commands;

/// <summary>A client's session: its last transaction, or what its last retryable write answered.</summary>
internal sealed class ServerSession
{
    private long _number = -1;
    private Dictionary<int, StatementResult> _applied = [];
    private StoreTransaction? _transaction;
    private bool _isCommitted;

    public void Bind(CommandCall call, CommandKind kind, long number)
    {
        if (number < _number)
        {
            throw new CommandFailure(
                MongoErrors.TransactionTooOld, $"Cannot use transaction {number}: the session has already used {_number}");
        }

        if (!call.Document.Contains("autocommit"))
        {
            BindRetryable(call, number);
        }
        else if (kind is CommandKind.Catalog or CommandKind.Open)
        {
            throw new CommandFailure(
                MongoErrors.NotSupportedInTransaction, $"Cannot run '{call.Name}' in a multi-document transaction.");
        }
        else if (call.Flag("startTransaction"))
        {
            Begin(call, number);
        }
        else
        {
            Continue(call, number);
        }
    }

    /// <summary>Commits; a commit that is repeated is a commit.</summary>
    public void Commit(CommandCall call)
    {
        if (!_isCommitted)
        {
            call.Store.Commit(_transaction!);
            _isCommitted = true;
        }
    }

    public void Abort(DocumentStore store)
    {
        if (_transaction is { IsOpen: true })
        {
            store.Abort(_transaction);
        }
    }

    private void BindRetryable(CommandCall call, long number)
    {
        if (number > _number)
        {
            Next(call, number);
        }
        else if (_transaction is not null)
        {
            throw new CommandFailure(MongoErrors.InvalidOptions, $"The number {number} is that of a transaction");
        }

        call.Applied = _applied;
    }

    private void Begin(CommandCall call, long number)
    {
        if (number == _number)
        {
            throw new CommandFailure(MongoErrors.InvalidOptions, $"The transaction {number} has been started already");
        }

        Next(call, number);
        _transaction = call.Transaction = call.Store.Begin(isClients: true);
    }

    private void Continue(CommandCall call, long number)
    {
        if (number != _number || _transaction is null || (!_transaction.IsOpen && !_isCommitted))
        {
            throw new CommandFailure(
                MongoErrors.NoSuchTransaction, $"No transaction of this session with the number {number} is in progress.");
        }

        if (_isCommitted && call.Name != "commitTransaction")
        {
            throw new CommandFailure(MongoErrors.TransactionCommitted, $"Transaction {number} has been committed.");
        }

        call.Transaction = _transaction;
    }

    private void Next(CommandCall call, long number)
    {
        Abort(call.Store);
        (_number, _applied, _transaction, _isCommitted) = (number, [], null, false);
    }
}
