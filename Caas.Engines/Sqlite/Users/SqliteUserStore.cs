using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Users;

/// <inheritdoc/>
internal sealed class SqliteUserStore(DatabaseSet databases, UserWriter writer) : IUserStore
{
    /// <inheritdoc/>
    public ValueTask<User?> FindAsync(ClientId clientId, UserId userId, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            DatabaseName.Of(clientId),
            userId,
            static (connection, id) => UserRows.Find(connection, id),
            absent: null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<UserId>> ExistingAsync(
        ClientId clientId, IReadOnlyCollection<UserId> userIds, CancellationToken cancellationToken) =>
        databases.ReadAsync<IReadOnlyCollection<UserId>, IReadOnlySet<UserId>>(
            DatabaseName.Of(clientId),
            userIds,
            static (connection, asked) => asked.Where(id => UserRows.Exists(connection, id)).ToHashSet(),
            absent: new HashSet<UserId>(),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<User>> ListAsync(
        ClientId clientId, UserId? after, int limit, CancellationToken cancellationToken) =>
        databases.ReadAsync<(UserId? After, int Limit), IReadOnlyList<User>>(
            DatabaseName.Of(clientId),
            (after, limit),
            static (connection, state) => UserRows.List(connection, state.After, state.Limit),
            absent: [],
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<IReadOnlyList<PutUser>>> PutAsync(
        ClientId clientId,
        IReadOnlyList<UserDraft> users,
        ChangeOrigin origin,
        string? etag,
        IdempotentWrite<IReadOnlyList<PutUser>>? idempotency,
        CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Of(clientId),
            (Writer: writer, Request: new UsersWrite(clientId, users, origin, etag, idempotency)),
            static (file, state) => state.Writer.Put(file, state.Request),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId, UserId userId, string? etag, ChangeOrigin origin, CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Of(clientId),
            (Writer: writer, Client: clientId, User: userId, Etag: etag, Origin: origin),
            static (file, state) => state.Writer.Delete(file, state.Client, state.User, state.Etag, state.Origin),
            cancellationToken);
}
