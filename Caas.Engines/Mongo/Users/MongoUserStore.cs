using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;
using MongoDB.Bson;

namespace Caas.Engines.Mongo.Users;

/// <inheritdoc/>
internal sealed class MongoUserStore(MongoReads reads, WriteQueues queues, UserWriter writer) : IUserStore
{
    private static readonly BsonDocument KeyOnly = new(Bson.Key, 1);

    /// <inheritdoc/>
    public async ValueTask<User?> FindAsync(ClientId clientId, UserId userId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Of(clientId), UserDocuments.One(userId), cancellationToken) is { } document
            ? UserDocuments.Read(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlySet<UserId>> ExistingAsync(
        ClientId clientId, IReadOnlyCollection<UserId> userIds, CancellationToken cancellationToken)
    {
        var found = await reads.FindAsync(
            DatabaseName.Of(clientId), UserDocuments.Some(userIds) with { Fields = KeyOnly }, cancellationToken);
        return found.Select(UserDocuments.Id).ToHashSet();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<User>> ListAsync(
        ClientId clientId, UserId? after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Of(clientId), UserDocuments.Page(after, limit), cancellationToken))
            .ConvertAll(UserDocuments.Read);

    /// <inheritdoc/>
    public ValueTask<Result<IReadOnlyList<PutUser>>> PutAsync(
        ClientId clientId,
        IReadOnlyList<UserDraft> users,
        ChangeOrigin origin,
        string? etag,
        IdempotentWrite<IReadOnlyList<PutUser>>? idempotency,
        CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Of(clientId),
            (Writer: writer, Request: new UsersWrite(clientId, users, origin, etag, idempotency)),
            static (unit, state) => state.Writer.PutAsync(unit, state.Request),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId, UserId userId, string? etag, ChangeOrigin origin, CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Of(clientId),
            (Writer: writer, Client: clientId, User: userId, Etag: etag, Origin: origin),
            static (unit, state) => state.Writer.DeleteAsync(unit, state.Client, state.User, state.Etag, state.Origin),
            cancellationToken,
            isLong: true);
}
