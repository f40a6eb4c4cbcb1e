using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Events;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Tokens;

/// <inheritdoc/>
/// <remarks>A rotation is one conditional update; the end of sessions, with their events, a transaction.</remarks>
internal sealed class MongoSessionStore(MongoReads reads, MongoWrites writes, WriteQueues queues, ClientLog log) : ISessionStore
{
    /// <inheritdoc/>
    public async ValueTask AddAsync(ClientId clientId, StoredSession session, CancellationToken cancellationToken)
    {
        var document = SessionDocuments.Write(session);
        if (!await writes.TryInsertAsync(DatabaseName.Of(clientId), MongoCollections.Sessions, document, cancellationToken))
        {
            throw new InvalidOperationException("There is a session with this id.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoredSession?> FindAsync(ClientId clientId, SessionId sessionId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Of(clientId), SessionDocuments.One(sessionId), cancellationToken) is { } document
            ? SessionDocuments.Read(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Session>> ListAsync(
        ClientId clientId, UserId userId, SessionId? after, int limit, CancellationToken cancellationToken)
    {
        var documents = await reads.FindAsync(
            DatabaseName.Of(clientId), SessionDocuments.Page(userId, after, log.Now(), limit), cancellationToken);
        return documents.ConvertAll(static document => SessionDocuments.Read(document).Session);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryRotateAsync(
        ClientId clientId, SessionId sessionId, int expectedGeneration, DateTimeOffset rotatedAt, CancellationToken cancellationToken) =>
        writes.UpdateAsync(
            DatabaseName.Of(clientId),
            MongoCollections.Sessions,
            SessionDocuments.IfOf(sessionId, expectedGeneration, rotatedAt),
            SessionDocuments.Rotate(rotatedAt),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Session>> RevokeAsync(
        ClientId clientId, SessionFilter filter, ChangeOrigin origin, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var revoked = await queues.WriteAsync(
            DatabaseName.Of(clientId),
            (Log: log, Client: clientId, Filter: filter, Origin: origin, At: at),
            static (unit, state) => RevokeAsync(unit, state.Log, state.Client, state.Filter, state.Origin, state.At),
            cancellationToken);
        return revoked.OrThrow();
    }

    private static async Task<Result<IReadOnlyList<Session>>> RevokeAsync(
        MongoUnit unit, ClientLog log, ClientId client, SessionFilter filter, ChangeOrigin origin, DateTimeOffset at)
    {
        var revoked = new List<Session>();
        foreach (var document in await unit.FindAsync(SessionDocuments.Standing(filter)))
        {
            var session = SessionDocuments.Read(document).Session with { RevokedAt = at };
            unit.Update(MongoCollections.Sessions, Match.ByKey(document[Bson.Key]), SessionDocuments.Revoke(at));
            await log.AppendAsync(unit, client, EventTypes.SessionRevoked, new EventBody { Session = session }, origin, at);
            revoked.Add(session);
        }

        return Outcome.Of<IReadOnlyList<Session>>(revoked);
    }
}
