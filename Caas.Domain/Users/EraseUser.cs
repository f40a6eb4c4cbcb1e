using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;

namespace Caas.Domain.Users;

/// <summary>
/// Begins the erasure of a person: the user and their sessions are gone when it completes; what they wrote goes after
/// the fact, by <see cref="UserErasure"/>, and the conversations keep their shape.
/// </summary>
public sealed class EraseUser(IUserStore users, ISessionStore sessions, IRevocationLog revocations, TimeProvider clock)
{
    /// <summary>Erases; <c>not_found</c>, <c>precondition_failed</c>. Repeating it after a crash goes on with it.</summary>
    public async ValueTask<Result<bool>> ExecuteAsync(
        Caller caller, string userId, string? etag, CancellationToken cancellationToken)
    {
        if (!UserId.TryParse(userId, out var id) || await users.FindAsync(caller.ClientId, id, cancellationToken) is null)
        {
            return Error.NotFound;
        }

        var origin = ChangeOrigin.Of(caller.Actor);
        var now = clock.GetUtcNow();

        // Access ends first: were the user gone and the rest not done, nobody could ask for it again.
        await sessions.RevokeAsync(caller.ClientId, new SessionFilter(id, null, null), origin, now, cancellationToken);
        await revocations.AppendAsync(new Revocation(caller.ClientId, RevocationKind.User, id.Value, now), cancellationToken);
        return await users.DeleteAsync(caller.ClientId, id, etag, origin, cancellationToken);
    }
}
