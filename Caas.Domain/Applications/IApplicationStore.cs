using Caas.Domain.Ids;

namespace Caas.Domain.Applications;

/// <summary>The applications, in the platform's database. Thread-safe.</summary>
public interface IApplicationStore
{
    /// <summary>An application of this client; null where there is none.</summary>
    ValueTask<Application?> FindAsync(ClientId clientId, AppId applicationId, CancellationToken cancellationToken);

    /// <summary>Whether any application of any client lists this origin: all that a preflight may ask.</summary>
    ValueTask<bool> IsOriginListedAsync(string origin, CancellationToken cancellationToken);
}
