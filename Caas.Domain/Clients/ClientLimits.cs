namespace Caas.Domain.Clients;

/// <summary>What the operator granted one client in the place of the deployment's own limits.</summary>
/// <param name="PerUserPerMinute">Requests and socket commands a minute of one user; 0 for no limit, null for the deployment's.</param>
/// <param name="PerKeyPerMinute">Requests a minute with one API key; 0 for no limit, null for the deployment's.</param>
public sealed record ClientLimits(int? PerUserPerMinute, int? PerKeyPerMinute)
{
    /// <summary>The deployment's in everything.</summary>
    public static ClientLimits None { get; } = new(null, null);
}
