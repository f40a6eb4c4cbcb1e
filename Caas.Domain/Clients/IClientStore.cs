using Caas.Domain.Applications;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;

namespace Caas.Domain.Clients;

/// <summary>
/// The clients, in the platform's database. A write is durable when it completes, and in one commit with its changes in
/// the client's part of the platform's log. Thread-safe.
/// </summary>
public interface IClientStore
{
    /// <summary>Stores a client, its first application and its first key: all or nothing.</summary>
    ValueTask RegisterAsync(
        Client client, Application application, StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>A client; null where there is none, or it is being erased.</summary>
    ValueTask<Client?> FindAsync(ClientId clientId, CancellationToken cancellationToken);

    /// <summary>The clients in the order of their ids, for the operator.</summary>
    ValueTask<IReadOnlyList<Client>> ListAsync(ClientId? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Changes name and email (null leaves one) where the etag is the one given (null: any); <c>not_found</c>,
    /// <c>precondition_failed</c>.
    /// </summary>
    ValueTask<Result<Client>> UpdateAsync(
        ClientId clientId, string? name, string? email, string? etag, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>What the operator granted a client; null where there is no such client, or it is being erased.</summary>
    ValueTask<ClientLimits?> FindLimitsAsync(ClientId clientId, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces what the operator granted, with an entry in the revocation log, so that every node reads it anew; false
    /// where there is no such client.
    /// </summary>
    ValueTask<bool> SetLimitsAsync(ClientId clientId, ClientLimits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the client as being erased, with <c>client.deleted</c>, revokes its keys and adds a revocation for all of
    /// it; false where there is none. From then on nothing of it is found.
    /// </summary>
    ValueTask<bool> MarkDeletedAsync(ClientId clientId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>The clients that are marked and not yet erased: what an interrupted erasure goes on with.</summary>
    ValueTask<IReadOnlyList<ClientId>> ListDeletedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Erases a marked client's own database and its rows here. Repeating it does no harm.</summary>
    ValueTask EraseAsync(ClientId clientId, CancellationToken cancellationToken);
}
