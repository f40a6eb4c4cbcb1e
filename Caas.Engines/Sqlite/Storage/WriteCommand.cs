using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>One piece of work for the writer thread of a file.</summary>
/// <param name="database">The file.</param>
internal abstract class WriteCommand(DatabaseName database)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    private int _state;
    private CancellationTokenRegistration _registration;

    public DatabaseName Database => database;

    /// <summary>Does the work inside a transaction. May run again after a rollback.</summary>
    public abstract void Run(DatabaseFile file);

    /// <summary>Answers, after the transaction is durable.</summary>
    public abstract void Complete();

    /// <summary>Answers with a refusal.</summary>
    public abstract void Refuse(Error error);

    /// <summary>Answers with an exception: a bug, or a file of another version.</summary>
    public abstract void Fail(Exception failure);

    /// <summary>False where the caller gave up before the work began; from now on they cannot.</summary>
    public bool TryBegin()
    {
        var before = Interlocked.CompareExchange(ref _state, Begun, Waiting);
        if (before == Waiting)
        {
            _registration.Dispose();
        }

        return before != Cancelled;
    }

    /// <summary>Lets the caller give up while it waits in the queue.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (self, token) => ((WriteCommand)self!).Cancel(token), this);
        }
    }

    protected abstract void CompleteCancelled(CancellationToken cancellationToken);

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            CompleteCancelled(cancellationToken);
        }
    }
}

/// <summary>A piece of work with an outcome; whoever waits goes on on the thread pool, never on the writer thread.</summary>
internal sealed class WriteCommand<TState, TOutcome>(
    DatabaseName database, TState state, Func<DatabaseFile, TState, Result<TOutcome>> work) : WriteCommand(database)
{
    private readonly TaskCompletionSource<Result<TOutcome>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Result<TOutcome> _outcome;

    public ValueTask<Result<TOutcome>> Answer => new(_answer.Task);

    public override void Run(DatabaseFile file) => _outcome = work(file, state);

    public override void Complete() => _answer.TrySetResult(_outcome);

    public override void Refuse(Error error) => _answer.TrySetResult(error);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);

    protected override void CompleteCancelled(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
