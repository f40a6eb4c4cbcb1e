using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>
/// What makes a credential or a decision worthless before its time: one log with the numbers 1, 2, 3 ... in the
/// platform's database. A bus may hint, every node polls. Thread-safe.
/// </summary>
public interface IRevocationLog
{
    /// <summary>Appends an entry, durable when it completes, and gives its number.</summary>
    ValueTask<long> AppendAsync(Revocation revocation, CancellationToken cancellationToken);

    /// <summary>The entries above a number, in order.</summary>
    ValueTask<IReadOnlyList<NumberedRevocation>> ListAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>The number of the newest entry; 0 where there is none.</summary>
    ValueTask<long> ReadLastAsync(CancellationToken cancellationToken);
}

/// <summary>One thing that is over.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Subject">The id: of the key, the session or the user.</param>
/// <param name="At">Tokens issued at or before this moment are over; for a user who may get new ones.</param>
public sealed record Revocation(ClientId ClientId, RevocationKind Kind, string Subject, DateTimeOffset At);

/// <summary>An entry and its number.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Revocation">The entry.</param>
public sealed record NumberedRevocation(long Number, Revocation Revocation);

/// <summary>What can be over.</summary>
public enum RevocationKind
{
    /// <summary>An API key was revoked or its application deleted.</summary>
    Key = 1,

    /// <summary>A session was ended.</summary>
    Session = 2,

    /// <summary>All sessions of a user were ended, or the user was erased.</summary>
    User = 3,

    /// <summary>The whole client.</summary>
    Client = 4,

    /// <summary>A user's role or attributes changed: what was decided from memory is decided anew; no token ends.</summary>
    Role = 5,

    /// <summary>A client's limits changed: what is in memory is read anew; nothing ends.</summary>
    Limits = 6,
}
