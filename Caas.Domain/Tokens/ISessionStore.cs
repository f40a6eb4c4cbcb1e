using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>The sessions of each client's users, in its own database. Writes are durable when they complete. Thread-safe.</summary>
public interface ISessionStore
{
    /// <summary>Stores a new session.</summary>
    ValueTask AddAsync(ClientId clientId, StoredSession session, CancellationToken cancellationToken);

    /// <summary>The session; null where there is none.</summary>
    ValueTask<StoredSession?> FindAsync(ClientId clientId, SessionId sessionId, CancellationToken cancellationToken);
}
