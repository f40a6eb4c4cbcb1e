using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Mongo.Storage;

/// <summary>One write that waits for its turn in the queue of its database.</summary>
/// <param name="database">The database.</param>
internal abstract class QueuedWrite(DatabaseName database) : WaitingWrite(database)
{
    /// <summary>When it came, as a timestamp of the clock; set by the queue.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether the other can share this one's transaction.</summary>
    public abstract bool Joins(QueuedWrite other);

    /// <summary>Runs those that have begun, this one first, and answers each; never throws.</summary>
    public abstract Task RunAsync(IReadOnlyList<QueuedWrite> batch);

    /// <summary>Answers with what the failure means: a refusal where the store is at fault, else the exception.</summary>
    public void Answer(Exception failure)
    {
        if (failure is RefusedException refused)
        {
            Refuse(refused.Error);
        }
        else
        {
            Fail(failure);
        }
    }
}

/// <summary>A write with an outcome.</summary>
internal abstract class QueuedWrite<TOutcome>(DatabaseName database) : QueuedWrite(database)
{
    private readonly TaskCompletionSource<Result<TOutcome>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<Result<TOutcome>> Answered => new(_answer.Task);

    public void Complete(Result<TOutcome> outcome) => _answer.TrySetResult(outcome);

    public override void Refuse(Error error) => _answer.TrySetResult(error);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);

    protected override void CompleteCancelled(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}

/// <summary>A write that has a transaction of its own.</summary>
internal sealed class QueuedUnit<TState, TOutcome>(
    DatabaseName database,
    MongoTransactions transactions,
    TimeSpan time,
    TState state,
    Func<MongoUnit, TState, Task<Result<TOutcome>>> work)
    : QueuedWrite<TOutcome>(database)
{
    public override bool Joins(QueuedWrite other) => false;

    public override async Task RunAsync(IReadOnlyList<QueuedWrite> batch)
    {
        try
        {
            Complete(await transactions.RunAsync(Database, time, unit => work(unit, state)));
        }
#pragma warning disable CA1031 // Whatever it is, the caller hears it: one who is not answered waits for ever.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Answer(failure);
        }
    }
}
