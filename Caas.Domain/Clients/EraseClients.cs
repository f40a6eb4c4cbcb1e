using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Clients;

/// <summary>
/// Erases the clients that are marked, one round at a time, and so goes on with what an interruption left. A client
/// waits until no node can still trust a credential of it from memory, or a late write would make its database anew, and
/// until its last events are in the stream. One caller; several nodes may do the same work.
/// </summary>
public sealed class EraseClients(IClientStore clients, IOutbox outbox, TimeProvider clock)
{
    private const int PerRound = 20;

    /// <summary>Longer than a node trusts a credential without having read the revocation log.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(6);

    // Owned by the one loop that calls.
    private readonly Dictionary<ClientId, long> _seenAt = [];

    /// <summary>Erases those whose time has come, and gives how many that were.</summary>
    public async ValueTask<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var erased = 0;
        foreach (var clientId in await clients.ListDeletedAsync(PerRound, cancellationToken))
        {
            if (!_seenAt.TryGetValue(clientId, out var seenAt))
            {
                _seenAt[clientId] = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(seenAt) >= Grace
                && await outbox.CountPendingAsync(clientId, cancellationToken) == 0)
            {
                await clients.EraseAsync(clientId, cancellationToken);
                _seenAt.Remove(clientId);
                erased++;
            }
        }

        return erased;
    }
}
