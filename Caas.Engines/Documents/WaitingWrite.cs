using Caas.Domain.Errors;

namespace Caas.Engines.Documents;

/// <summary>A write that waits for its turn: its caller may give up until it begins, and not after. Thread-safe.</summary>
/// <param name="database">The database that it writes.</param>
internal abstract class WaitingWrite(DatabaseName database)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    private int _state;
    private CancellationTokenRegistration _registration;

    public DatabaseName Database => database;

    /// <summary>Answers with a refusal.</summary>
    public abstract void Refuse(Error error);

    /// <summary>Answers with an exception: a bug, or a database of another version.</summary>
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
            _registration = cancellationToken.UnsafeRegister(static (self, token) => ((WaitingWrite)self!).Cancel(token), this);
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
