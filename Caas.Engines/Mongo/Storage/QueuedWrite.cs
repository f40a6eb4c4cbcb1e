using Caas.Domain.Errors;
using Caas.Engines.Documents;

namespace Caas.Engines.Mongo.Storage;

/// <summary>One write that waits for its turn in the queue of its database.</summary>
/// <param name="database">The database.</param>
internal abstract class QueuedWrite(DatabaseName database)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    private int _state;
    private CancellationTokenRegistration _registration;

    public DatabaseName Database => database;

    /// <summary>When it came, as a timestamp of the clock; set by the queue.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether the other can share this one's transaction.</summary>
    public abstract bool Joins(QueuedWrite other);

    /// <summary>Runs those that have begun, this one first, and answers each; never throws.</summary>
    public abstract Task RunAsync(IReadOnlyList<QueuedWrite> batch);

    /// <summary>Answers with a refusal.</summary>
    public abstract void Refuse(Error error);

    /// <summary>Answers with an exception.</summary>
    public abstract void Fail(Exception failure);

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
            _registration = cancellationToken.UnsafeRegister(static (self, token) => ((QueuedWrite)self!).Cancel(token), this);
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
#pragma warning disable CA1031 // The queue serves everybody: whatever fails here is the caller's to hear.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Answer(failure);
        }
    }
}
