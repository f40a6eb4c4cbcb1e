using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Clients;

/// <inheritdoc/>
internal sealed class MongoClientStore(MongoReads reads, WriteQueues queues, MongoDatabases databases, ClientWriter writer)
    : IClientStore
{
    /// <inheritdoc/>
    public async ValueTask RegisterAsync(
        Client client, Application application, StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var registered = await queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: client, Application: application, Key: key, Origin: origin),
            static (unit, state) => state.Writer.RegisterAsync(unit, state.Client, state.Application, state.Key, state.Origin),
            cancellationToken);
        registered.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<Client?> FindAsync(ClientId clientId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, ClientDocuments.One(clientId), cancellationToken) is { } document
            ? ClientDocuments.Read(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Client>> ListAsync(ClientId? after, int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, ClientDocuments.Page(after, limit), cancellationToken))
            .ConvertAll(ClientDocuments.Read);

    /// <inheritdoc/>
    public ValueTask<Result<Client>> UpdateAsync(
        ClientId clientId, string? name, string? email, string? etag, ChangeOrigin origin, CancellationToken cancellationToken) =>
        queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Update: new ClientUpdate(clientId, name, email, etag, origin)),
            static (unit, state) => state.Writer.UpdateAsync(unit, state.Update),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ClientLimits?> FindLimitsAsync(ClientId clientId, CancellationToken cancellationToken) =>
        await reads.FirstAsync(DatabaseName.Platform, ClientDocuments.One(clientId), cancellationToken) is { } document
            ? ClientDocuments.ReadLimits(document)
            : null;

    /// <inheritdoc/>
    public async ValueTask<bool> SetLimitsAsync(ClientId clientId, ClientLimits limits, CancellationToken cancellationToken)
    {
        var set = await queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, Limits: limits),
            static (unit, state) => state.Writer.SetLimitsAsync(unit, state.Client, state.Limits),
            cancellationToken);
        return set.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MarkDeletedAsync(
        ClientId clientId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        var marked = await queues.WriteAsync(
            DatabaseName.Platform,
            (Writer: writer, Client: clientId, At: at, Origin: origin),
            static (unit, state) => state.Writer.MarkDeletedAsync(unit, state.Client, state.At, state.Origin),
            cancellationToken);
        return marked.OrThrow();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClientId>> ListDeletedAsync(int limit, CancellationToken cancellationToken) =>
        (await reads.FindAsync(DatabaseName.Platform, ClientDocuments.Deleted(limit), cancellationToken))
            .ConvertAll(ClientDocuments.Id);

    /// <inheritdoc/>
    public async ValueTask EraseAsync(ClientId clientId, CancellationToken cancellationToken)
    {
        // The database first: while the row stands, an interrupted erasure is found again.
        await databases.EraseAsync(clientId, cancellationToken);
        var erased = await queues.WriteAsync(
            DatabaseName.Platform,
            clientId,
            static (unit, id) => ClientWriter.EraseAsync(unit, id),
            cancellationToken,
            isLong: true);
        erased.OrThrow();
    }
}
