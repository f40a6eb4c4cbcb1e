namespace Caas.Domain.Events;

/// <summary>
/// The dead letters where the operator reads them, of every client. A letter is kept for <see cref="KeptFor"/> after it
/// failed; one that is done with is kept as long, without its value, so that a repeated <see cref="AddAsync"/> does not
/// bring it back. Every write is durable when it completes. Thread-safe.
/// </summary>
public interface IDeadLetterStore
{
    /// <summary>How long a letter is kept; above the retention of the stream, which may give one again.</summary>
    static TimeSpan KeptFor { get; } = TimeSpan.FromDays(30);

    /// <summary>Keeps a letter; false, and nothing changes, where its id is known, also of one that is done with.</summary>
    ValueTask<bool> AddAsync(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>
    /// The letters that wait, newest record first, without their values: at most <paramref name="limit"/> after the one
    /// named; from the first where that is null.
    /// </summary>
    ValueTask<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterId? after, int limit, CancellationToken cancellationToken);

    /// <summary>The letter, also one that is done with; null where the id is unknown.</summary>
    ValueTask<StoredDeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a letter that waits out of the list and erases its value; false, and nothing changes, where none of this id
    /// waits.
    /// </summary>
    /// <param name="id">The letter.</param>
    /// <param name="state">How it is done with: replayed or discarded.</param>
    /// <param name="cancellationToken">Stops the wait for it.</param>
    ValueTask<bool> RemoveAsync(DeadLetterId id, DeadLetterState state, CancellationToken cancellationToken);
}

/// <summary>A letter and how it stands.</summary>
/// <param name="Letter">The letter; without value where it is done with.</param>
/// <param name="State">How it stands.</param>
public sealed record StoredDeadLetter(DeadLetter Letter, DeadLetterState State);

/// <summary>How a letter stands. The numbers are stored.</summary>
public enum DeadLetterState
{
    /// <summary>The operator has not decided.</summary>
    Waiting = 0,

    /// <summary>It goes through its group again.</summary>
    Replayed = 1,

    /// <summary>Nobody wants it.</summary>
    Discarded = 2,
}
