using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Domain.Validation;

namespace Caas.Domain.Tokens;

/// <summary>Begins a session of a user's device.</summary>
public sealed class MintTokens(
    IUserStore users,
    ISessionStore sessions,
    IAccessTokenIssuer issuer,
    RefreshTokens refreshTokens,
    IIdSource ids,
    TimeProvider clock,
    TokensOptions options,
    LimitsOptions limits)
{
    private const int MinTtlSeconds = 10;

    /// <summary>Mints; <c>validation_failed</c>, <c>not_found</c> where the user does not exist.</summary>
    public async ValueTask<Result<TokenPair>> ExecuteAsync(Caller caller, MintTokensInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var userId = checks.UserId("userId", input.UserId);
        var deviceId = checks.OptionalId<DeviceId>("deviceId", input.DeviceId);
        var most = (int)options.AccessLifetime.TotalSeconds;
        if (input.TtlSeconds < MinTtlSeconds || input.TtlSeconds > most)
        {
            checks.Add("ttlSeconds", $"must be between {MinTtlSeconds} and {most}.");
        }

        if (checks.Error is { } error)
        {
            return error;
        }

        if (await users.FindAsync(caller.ClientId, userId, cancellationToken) is not { } user)
        {
            return new Error(ErrorCatalogue.NotFound, "There is no such user: PUT /api/users/{userId} makes one.");
        }

        var now = clock.GetUtcNow();
        var session = new Session
        {
            Id = SessionId.From(ids.Next()),
            UserId = userId,
            DeviceId = deviceId ?? DeviceId.From(ids.Next()),
            ApplicationId = caller.ApplicationId,
            CreatedAt = now,
            ExpiresAt = now + options.RefreshLifetime,
        };
        await sessions.AddAsync(caller.ClientId, new StoredSession(session, Generation: 1, RotatedAt: null), cancellationToken);
        var expiresAt = now + TimeSpan.FromSeconds(input.TtlSeconds ?? most);
        var token = await issuer.IssueAsync(caller.ClientId, session, user.Role, now, expiresAt, cancellationToken);
        return new TokenPair(
            token,
            expiresAt,
            refreshTokens.Issue(caller.ClientId, session.Id, 1),
            session.ExpiresAt,
            session.Id,
            session.DeviceId);
    }
}

/// <summary>The body of <c>POST /api/tokens</c>.</summary>
/// <param name="UserId">The user; must exist.</param>
/// <param name="DeviceId">The device; left out, a new one.</param>
/// <param name="TtlSeconds">How long the access token lasts: 10 seconds to the configured lifetime, which is the default.</param>
public sealed record MintTokensInput(string? UserId, string? DeviceId, int? TtlSeconds);

/// <summary>The tokens of a device.</summary>
/// <param name="AccessToken">The JWT.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="RefreshToken">For a new one; changes with each use.</param>
/// <param name="RefreshExpiresAt">When the session ends.</param>
/// <param name="SessionId">The session.</param>
/// <param name="DeviceId">The device.</param>
public sealed record TokenPair(
    string AccessToken,
    DateTimeOffset ExpiresAt,
    string RefreshToken,
    DateTimeOffset RefreshExpiresAt,
    SessionId SessionId,
    DeviceId DeviceId);
