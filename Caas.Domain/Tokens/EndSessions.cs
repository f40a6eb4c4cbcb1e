using Caas.Domain.Callers;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>
/// Ends sessions: first in the store, so that no refresh token of them is good, then in the revocation log, from which
/// every node learns that their access tokens and sockets are over.
/// </summary>
public sealed class EndSessions(ISessionStore sessions, IRevocationLog revocations, TimeProvider clock)
{
    /// <summary>
    /// Ends those that fit, and gives how many stood. What is named exactly (one session, or all of a user) gets its entry
    /// in the log even if none stood any more: a crash may have come between the two writes.
    /// </summary>
    public async ValueTask<int> ExecuteAsync(
        ClientId clientId, SessionFilter filter, Actor actor, CancellationToken cancellationToken)
    {
        var ended = await sessions.RevokeAsync(
            clientId, filter, ChangeOrigin.Of(actor), clock.GetUtcNow(), cancellationToken);

        // After the commit. The time is read anew: no session that the store still let in is younger than it.
        var at = clock.GetUtcNow();
        if (filter is { SessionId: null, DeviceId: null })
        {
            await AppendAsync(clientId, RevocationKind.User, filter.UserId.Value, at);
            return ended.Count;
        }

        var named = filter.SessionId is { } one ? [one] : ended.Select(session => session.Id);
        foreach (var session in named)
        {
            await AppendAsync(clientId, RevocationKind.Session, session.ToString(), at);
        }

        return ended.Count;
    }

    private async ValueTask AppendAsync(ClientId clientId, RevocationKind kind, string subject, DateTimeOffset at) =>
        await revocations.AppendAsync(new Revocation(clientId, kind, subject, at), CancellationToken.None);
}
