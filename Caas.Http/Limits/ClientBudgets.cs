using Caas.Domain.Caching;
using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Domain.Validation;
using Caas.Http.Credentials;

namespace Caas.Http.Limits;

/// <summary>
/// The limits of each client: its own where the operator granted some, else the deployment's. Kept for a minute in a
/// bounded cache, out of which a change takes them within a second on every node. Thread-safe.
/// </summary>
public sealed class ClientBudgets
{
    private const int CachedClients = 10_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly GenerationalCache<ClientId, CachedBudget> _budgets = new(CachedClients);
    private readonly IClientStore _clients;
    private readonly LimitsOptions _options;
    private readonly TimeProvider _clock;

    // How many changes came. What was read before the last of them may be what it replaced.
    private long _generation;

    /// <summary>The limits over these stores.</summary>
    public ClientBudgets(IClientStore clients, Revocations revocations, LimitsOptions options, TimeProvider clock)
    {
        _clients = clients;
        _options = options;
        _clock = clock;
        revocations.OnAdded(Forget);
    }

    internal ValueTask<ClientBudget> OfAsync(ClientId clientId, CancellationToken cancellationToken) =>
        _budgets.TryGet(clientId, out var cached) && IsFresh(cached)
            ? new ValueTask<ClientBudget>(cached.Budget)
            : ReadAsync(clientId, cached, cancellationToken);

    private async ValueTask<ClientBudget> ReadAsync(ClientId clientId, CachedBudget? known, CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var readAt = _clock.GetTimestamp();
        try
        {
            var granted = await _clients.FindLimitsAsync(clientId, cancellationToken) ?? ClientLimits.None;
            var budget = new ClientBudget(
                granted.PerUserPerMinute ?? _options.PerUserPerMinute, granted.PerKeyPerMinute ?? _options.PerKeyPerMinute);
            _budgets.Set(clientId, new CachedBudget(budget, readAt, generation));
            return budget;
        }
        catch (RefusedException)
        {
            // The store is away. The limit holds on, by what was last known: that is no moment to let everything through.
            return known?.Budget ?? new ClientBudget(_options.PerUserPerMinute, _options.PerKeyPerMinute);
        }
    }

    private bool IsFresh(CachedBudget cached) =>
        cached.Generation == Volatile.Read(ref _generation) && _clock.GetElapsedTime(cached.ReadAt) < MaxAge;

    // Changes are rare enough to forget all.
    private void Forget(Revocation revocation)
    {
        if (revocation.Kind == RevocationKind.Limits)
        {
            Interlocked.Increment(ref _generation);
        }
    }

    private sealed record CachedBudget(ClientBudget Budget, long ReadAt, long Generation);
}

/// <summary>What one client's callers may do a minute; 0 for no limit.</summary>
/// <param name="PerUser">Requests and socket commands of one user.</param>
/// <param name="PerKey">Requests with one API key.</param>
internal readonly record struct ClientBudget(int PerUser, int PerKey);
