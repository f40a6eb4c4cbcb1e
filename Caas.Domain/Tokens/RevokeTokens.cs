using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Users;
using Caas.Domain.Validation;

namespace Caas.Domain.Tokens;

/// <summary>Ends a session, the sessions of a device, or all of a user: a user their own, an API key anybody's.</summary>
public sealed class RevokeTokens(ISessionStore sessions, IUserStore users, EndSessions endSessions, LimitsOptions limits)
{
    /// <summary>Ends them; <c>validation_failed</c>, <c>not_found</c> for a session or user that the caller cannot name.</summary>
    public async ValueTask<Result<RevokedSessions>> ExecuteAsync(
        Caller caller, RevokeTokensInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var sessionId = checks.OptionalId<SessionId>("sessionId", input.SessionId);
        var deviceId = checks.OptionalId<DeviceId>("deviceId", input.DeviceId);
        UserId? userId = input.UserId is null ? null : checks.UserId("userId", input.UserId);
        CheckWhat(checks, caller, input);
        if (checks.Error is { } error)
        {
            return error;
        }

        var found = sessionId is { } one
            ? await UserOfAsync(caller, one, userId, cancellationToken)
            : await NamedAsync(caller, userId, cancellationToken);
        if (found is not { } user)
        {
            return Error.NotFound;
        }

        var filter = new SessionFilter(user, sessionId, deviceId);
        return new RevokedSessions(await endSessions.ExecuteAsync(caller.ClientId, filter, caller.Actor, cancellationToken));
    }

    private static void CheckWhat(Checks checks, Caller caller, RevokeTokensInput input)
    {
        var narrow = (input.SessionId is null ? 0 : 1) + (input.DeviceId is null ? 0 : 1);
        if (narrow > 1 || (narrow == 1 && input.All == true))
        {
            checks.Add("$", "name one of sessionId, deviceId and all.");
        }
        else if (narrow == 0 && (input.All == false || (input.All is null && input.UserId is null)))
        {
            checks.Add("$", "name what to end: sessionId, deviceId, or userId with all: true.");
        }
        else if (input.SessionId is null && input.UserId is null && caller.UserId is null)
        {
            checks.Add("userId", "is required where the API key acts for no user.");
        }
    }

    // A session of somebody else is as unknown to a user as one that never was.
    private async ValueTask<UserId?> UserOfAsync(
        Caller caller, SessionId sessionId, UserId? named, CancellationToken cancellationToken)
    {
        var stored = await sessions.FindAsync(caller.ClientId, sessionId, cancellationToken);
        var wanted = named ?? caller.UserId;
        return stored is not null && MayName(caller, stored.Session.UserId) && (wanted is null || wanted == stored.Session.UserId)
            ? stored.Session.UserId
            : null;
    }

    private async ValueTask<UserId?> NamedAsync(Caller caller, UserId? named, CancellationToken cancellationToken)
    {
        var user = named ?? caller.UserId.GetValueOrDefault();
        return MayName(caller, user) && await users.FindAsync(caller.ClientId, user, cancellationToken) is not null ? user : null;
    }

    private static bool MayName(Caller caller, UserId user) => caller.IsKey || caller.UserId == user;
}

/// <summary>The body of <c>POST /api/tokens/revoke</c>: one of <c>sessionId</c>, <c>deviceId</c>, or all of a user.</summary>
/// <param name="SessionId">End this session.</param>
/// <param name="DeviceId">End the sessions of this device of the user.</param>
/// <param name="UserId">The user; left out, the one who calls or for whom the API key acts.</param>
/// <param name="All">End all sessions of the user.</param>
public sealed record RevokeTokensInput(string? SessionId, string? DeviceId, string? UserId, bool? All);

/// <summary>What was ended.</summary>
/// <param name="Revoked">How many sessions stood until now.</param>
public sealed record RevokedSessions(int Revoked);
