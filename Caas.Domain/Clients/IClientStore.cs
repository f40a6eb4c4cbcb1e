using Caas.Domain.Applications;
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
}
