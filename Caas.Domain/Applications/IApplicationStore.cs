using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;

namespace Caas.Domain.Applications;

/// <summary>
/// The applications, in the platform's database. A write is durable when it completes, and in one commit with its change
/// in the client's part of the platform's log. Thread-safe.
/// </summary>
public interface IApplicationStore
{
    /// <summary>An application of this client; null where there is none.</summary>
    ValueTask<Application?> FindAsync(ClientId clientId, AppId applicationId, CancellationToken cancellationToken);

    /// <summary>The applications in the order of their ids.</summary>
    ValueTask<IReadOnlyList<Application>> ListAsync(
        ClientId clientId, AppId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Adds an application; <see cref="Error.AnsweredBefore"/>, <c>idempotency_key_reused</c>.</summary>
    ValueTask<Result<Application>> AddAsync(
        ClientId clientId,
        Application application,
        ChangeOrigin origin,
        IdempotentWrite<Application>? idempotency,
        CancellationToken cancellationToken);

    /// <summary>
    /// Changes name and origins (null leaves one) where the etag is the one given (null: any); <c>not_found</c>,
    /// <c>precondition_failed</c>.
    /// </summary>
    ValueTask<Result<Application>> UpdateAsync(
        ClientId clientId,
        AppId applicationId,
        string? name,
        IReadOnlyList<string>? allowedOrigins,
        string? etag,
        CancellationToken cancellationToken);

    /// <summary>
    /// Deletes it with its keys, each with a revocation; false where there is none; <c>precondition_failed</c>.
    /// </summary>
    ValueTask<Result<bool>> DeleteAsync(
        ClientId clientId, AppId applicationId, string? etag, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>Whether any application of any client lists this origin: all that a preflight may ask.</summary>
    ValueTask<bool> IsOriginListedAsync(string origin, CancellationToken cancellationToken);
}
