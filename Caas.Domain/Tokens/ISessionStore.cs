using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>The sessions of each client's users, in its own database. Writes are durable when they complete. Thread-safe.</summary>
public interface ISessionStore
{
    /// <summary>Stores a new session.</summary>
    ValueTask AddAsync(ClientId clientId, StoredSession session, CancellationToken cancellationToken);

    /// <summary>The session, also when it was ended; null where there is none.</summary>
    ValueTask<StoredSession?> FindAsync(ClientId clientId, SessionId sessionId, CancellationToken cancellationToken);

    /// <summary>The user's sessions that are neither ended nor expired, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<Session>> ListAsync(
        ClientId clientId, UserId userId, SessionId? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Moves to the next generation, if the present one is still the expected one and the session stands; false else,
    /// so that of two parallel refreshes one rotates.
    /// </summary>
    ValueTask<bool> TryRotateAsync(
        ClientId clientId, SessionId sessionId, int expectedGeneration, DateTimeOffset rotatedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the standing sessions that fit, in one commit with a <c>session.revoked</c> of the client's log each, and
    /// gives them.
    /// </summary>
    ValueTask<IReadOnlyList<Session>> RevokeAsync(
        ClientId clientId, SessionFilter filter, ChangeOrigin origin, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>Which sessions of a user: all of them, one, or those of a device.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SessionId">Only this one; null for all.</param>
/// <param name="DeviceId">Only of this device; null for all.</param>
public sealed record SessionFilter(UserId UserId, SessionId? SessionId, DeviceId? DeviceId);
