using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Events;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Tokens;

/// <inheritdoc/>
internal sealed class SqliteSessionStore(DatabaseSet databases, ClientLog log) : ISessionStore
{
    /// <inheritdoc/>
    public async ValueTask AddAsync(ClientId clientId, StoredSession session, CancellationToken cancellationToken)
    {
        var added = await databases.WriteAsync<StoredSession, bool>(
            DatabaseName.Of(clientId),
            session,
            static (file, stored) =>
            {
                SessionRows.Insert(file.Writer, stored);
                return true;
            },
            cancellationToken);
        added.OrThrow();
    }

    /// <inheritdoc/>
    public ValueTask<StoredSession?> FindAsync(ClientId clientId, SessionId sessionId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            sessionId,
            static (connection, id) => SessionRows.Find(connection, id),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Session>> ListAsync(
        ClientId clientId, UserId userId, SessionId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId User, SessionId? After, DateTimeOffset Now, int Limit), IReadOnlyList<Session>>(
            DatabaseName.Of(clientId),
            (userId, after, log.Now(), limit),
            static (connection, state) =>
            [
                .. SessionRows.List(connection, state.User, state.After, state.Now, state.Limit).Select(stored => stored.Session),
            ],
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryRotateAsync(
        ClientId clientId, SessionId sessionId, int expectedGeneration, DateTimeOffset rotatedAt, CancellationToken cancellationToken)
    {
        var rotated = await databases.WriteAsync<(SessionId Id, int Generation, DateTimeOffset At), bool>(
            DatabaseName.Of(clientId),
            (sessionId, expectedGeneration, rotatedAt),
            static (file, state) => SessionRows.TryRotate(file.Writer, state.Id, state.Generation, state.At),
            cancellationToken);
        return rotated.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Session>> RevokeAsync(
        ClientId clientId, SessionFilter filter, ChangeOrigin origin, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var revoked = await databases.WriteAsync(
            DatabaseName.Of(clientId),
            (Log: log, Client: clientId, Filter: filter, Origin: origin, At: at),
            static (file, state) => Revoke(file, state.Log, state.Client, state.Filter, state.Origin, state.At),
            cancellationToken);
        return revoked.OrThrow();
    }

    private static Result<IReadOnlyList<Session>> Revoke(
        DatabaseFile file, ClientLog log, ClientId client, SessionFilter filter, ChangeOrigin origin, DateTimeOffset at)
    {
        var revoked = new List<Session>();
        var version = ClientLog.NextVersion(file, client);
        foreach (var stored in SessionRows.ListStanding(file.Writer, filter))
        {
            var session = stored.Session with { RevokedAt = at };
            SessionRows.Revoke(file.Writer, session.Id, at);
            log.Append(file, client, version++, EventTypes.SessionRevoked, new EventBody { Session = session }, origin, at);
            revoked.Add(session);
        }

        return Outcome.Of<IReadOnlyList<Session>>(revoked);
    }
}
