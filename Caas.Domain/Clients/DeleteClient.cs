using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;

namespace Caas.Domain.Clients;

/// <summary>
/// Ends a client: from then on nothing of it is found and none of its credentials is good. What it owned is erased
/// behind (<see cref="EraseClients"/>).
/// </summary>
public sealed class DeleteClient(IClientStore clients, TimeProvider clock)
{
    /// <summary>Marks the client as being erased; <c>not_found</c>, <c>precondition_failed</c>. Null is success.</summary>
    public async ValueTask<Error?> ExecuteAsync(Caller caller, string? etag, CancellationToken cancellationToken)
    {
        if (await clients.FindAsync(caller.ClientId, cancellationToken) is not { } client)
        {
            return Error.NotFound;
        }

        if (etag is not null && etag != client.Etag)
        {
            return new Error(ErrorCatalogue.PreconditionFailed, "The client has changed since it was read.");
        }

        var marked = await clients.MarkDeletedAsync(
            caller.ClientId, clock.GetUtcNow(), ChangeOrigin.Of(caller.Actor), cancellationToken);
        return marked ? null : Error.NotFound;
    }
}
