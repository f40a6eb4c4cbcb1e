using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;

namespace Caas.Domain.Tokens;

/// <summary>
/// Gives new tokens for a refresh token. Each token is good once: the present generation of its session rotates. The one
/// before it gives the same successor for a short while, for the answer may have been lost, but not once the successor
/// was used. Anything older was stolen or copied, and ends the whole session.
/// </summary>
public sealed class RefreshSession(
    SessionOwners owners,
    ISessionStore sessions,
    EndSessions endSessions,
    IAccessTokenIssuer issuer,
    RefreshTokens refreshTokens,
    TimeProvider clock,
    TokensOptions options)
{
    // A rotation that another request won moves the session on, so the second look decides; the third is for a store
    // that answers false for reasons of its own.
    private const int Attempts = 3;

    private static readonly Actor ReuseDetection = new(ActorType.System, "refresh-reuse");
    private static readonly Error Invalid = new(ErrorCatalogue.InvalidCredential, "The refresh token is not valid.");
    private static readonly Error Expired = new(ErrorCatalogue.CredentialExpired, "The session has expired: sign in again.");
    private static readonly Error Ended = new(ErrorCatalogue.SessionRevoked, "The session was ended: sign in again.");
    private static readonly Error Contended =
        new(ErrorCatalogue.Overloaded, "The session is being refreshed.") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>
    /// Refreshes; <c>validation_failed</c>, <c>invalid_credential</c>, <c>credential_expired</c>, <c>session_revoked</c>.
    /// </summary>
    public async ValueTask<Result<TokenPair>> ExecuteAsync(RefreshTokenInput input, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(input.RefreshToken))
        {
            return Error.Invalid("refreshToken", "is required.");
        }

        if (!refreshTokens.TryRead(input.RefreshToken, out var presented))
        {
            return Invalid;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var now = clock.GetUtcNow();
            var found = await FindAsync(presented, now, cancellationToken);
            if (!found.TryGet(out var standing, out var error))
            {
                return error;
            }

            switch (Judge(standing.Stored, presented.Generation, now))
            {
                case Verdict.Rotate when await sessions.TryRotateAsync(
                    presented.ClientId, presented.SessionId, presented.Generation, now, cancellationToken):
                    return await IssueAsync(presented.ClientId, standing, presented.Generation + 1, now);
                case Verdict.Rotate:
                    continue;
                case Verdict.Repeat:
                    return await IssueAsync(presented.ClientId, standing, standing.Stored.Generation, now);
                case Verdict.Reuse:
                    await EndAsync(presented.ClientId, standing.Stored.Session, cancellationToken);
                    return Ended;
                case Verdict.Unknown:
                    return Invalid;
            }
        }

        return Contended;
    }

    private Verdict Judge(StoredSession stored, int generation, DateTimeOffset now)
    {
        if (generation == stored.Generation)
        {
            return Verdict.Rotate;
        }

        if (generation > stored.Generation)
        {
            // Genuine, and not given out yet: only a store that was put back to an earlier state knows such a one.
            return Verdict.Unknown;
        }

        return generation == stored.Generation - 1 && now - stored.RotatedAt <= options.RefreshReuseWindow
            ? Verdict.Repeat
            : Verdict.Reuse;
    }

    private async ValueTask<Result<Standing>> FindAsync(RefreshToken presented, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(presented.ClientId, presented.SessionId, cancellationToken) is not { } stored)
        {
            return Invalid;
        }

        if (stored.Session.RevokedAt is not null)
        {
            return Ended;
        }

        if (stored.Session.ExpiresAt <= now)
        {
            return Expired;
        }

        return await owners.FindRoleAsync(presented.ClientId, stored.Session, cancellationToken) is { } role
            ? new Standing(stored, role)
            : Ended;
    }

    private async ValueTask EndAsync(ClientId clientId, Session session, CancellationToken cancellationToken) =>
        await endSessions.ExecuteAsync(
            clientId, new SessionFilter(session.UserId, session.Id, DeviceId: null), ReuseDetection, cancellationToken);

    // After the commit of a rotation: whoever goes away now finds the same successor when they come back in time.
    private async ValueTask<TokenPair> IssueAsync(ClientId clientId, Standing standing, int generation, DateTimeOffset now)
    {
        var session = standing.Stored.Session;
        var full = now + options.AccessLifetime;
        var expiresAt = full < session.ExpiresAt ? full : session.ExpiresAt;
        var token = await issuer.IssueAsync(clientId, session, standing.Role, now, expiresAt, CancellationToken.None);
        return new TokenPair(
            token,
            expiresAt,
            refreshTokens.Issue(clientId, session.Id, generation),
            session.ExpiresAt,
            session.Id,
            session.DeviceId);
    }

    private enum Verdict
    {
        Rotate,
        Repeat,
        Reuse,
        Unknown,
    }

    private sealed record Standing(StoredSession Stored, string Role);
}

/// <summary>Whether those to whom a session belongs are still there.</summary>
public sealed class SessionOwners(IClientStore clients, IApplicationStore applications, IUserStore users)
{
    /// <summary>The user's role; null where the client, the application or the user is gone.</summary>
    public async ValueTask<string?> FindRoleAsync(ClientId clientId, Session session, CancellationToken cancellationToken)
    {
        var known = await clients.FindAsync(clientId, cancellationToken) is not null
            && await applications.FindAsync(clientId, session.ApplicationId, cancellationToken) is not null;
        return known ? (await users.FindAsync(clientId, session.UserId, cancellationToken))?.Role : null;
    }
}

/// <summary>The body of <c>POST /api/tokens/refresh</c>.</summary>
/// <param name="RefreshToken">The refresh token.</param>
public sealed record RefreshTokenInput(string? RefreshToken);
