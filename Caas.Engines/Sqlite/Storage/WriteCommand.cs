using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Sqlite.Storage;

/// <summary>One piece of work for the writer thread of a file.</summary>
/// <param name="database">The file.</param>
internal abstract class WriteCommand(DatabaseName database) : WaitingWrite(database)
{
    /// <summary>
    /// Whether it is the engine's own bookkeeping, or the product's own doing that follows from what was written before: it
    /// is also written where <see cref="WriteGate"/> lets nothing else pass.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>Does the work inside a transaction. May run again after a rollback.</summary>
    public abstract void Run(DatabaseFile file);

    /// <summary>Answers, after the transaction is durable.</summary>
    public abstract void Complete();
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
