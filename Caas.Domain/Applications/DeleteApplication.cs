using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Tokens;

namespace Caas.Domain.Applications;

/// <summary>Deletes an application: its keys and its users' tokens are over, users and conversations stay.</summary>
public sealed class DeleteApplication(IApplicationStore applications, IRevocationLog revocations, TimeProvider clock)
{
    private static readonly Error Last = new(
        ErrorCatalogue.Conflict, "The last application stays, or nothing could reach the client any more: DELETE /api/clients/me ends it.");

    /// <summary>
    /// Deletes; <c>not_found</c>, <c>precondition_failed</c>, <c>conflict</c> where it is the last one. Null is success.
    /// </summary>
    public async ValueTask<Error?> ExecuteAsync(
        Caller caller, Application application, string? etag, CancellationToken cancellationToken)
    {
        if (etag is not null && etag != application.Etag)
        {
            return new Error(ErrorCatalogue.PreconditionFailed, "The application has changed since it was read.");
        }

        if (await applications.ListAsync(caller.ClientId, after: null, limit: 2, cancellationToken) is not [_, _])
        {
            return Last;
        }

        var now = clock.GetUtcNow();
        var deleted = await applications.DeleteAsync(
            caller.ClientId, application.Id, etag, now, ChangeOrigin.Of(caller.Actor), cancellationToken);
        if (!deleted.TryGet(out var wasThere, out var error))
        {
            return error;
        }

        if (!wasThere)
        {
            return Error.NotFound;
        }

        // After the commit: every node looks its tokens up anew and finds no audience. An application without keys has
        // no other entry in the log.
        await revocations.AppendAsync(
            new Revocation(caller.ClientId, RevocationKind.Key, application.Id.ToString(), now), CancellationToken.None);
        return null;
    }
}
