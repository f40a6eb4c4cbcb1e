using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Tokens;

/// <summary>The endpoints of sessions.</summary>
internal static class SessionsApi
{
    public static IEndpointRouteBuilder MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/sessions", "Tokens");
        group.MapGet("/", ListAsync).Allow(Access.UserOrKey, "tokens:read")
            .Produces<Page<Session>>();
        return routes;
    }

    /// <summary>List sessions</summary>
    /// <remarks>
    /// Those that stand, in the order of their beginning: a user's own, or with an API key those of <c>userId</c>.
    /// </remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who,
        [AsParameters] SessionListParameters parameters,
        ISessionStore sessions,
        IUserStore users,
        Pager pager,
        CancellationToken cancellationToken)
    {
        var caller = who.Caller;
        if (!UserOf(caller, parameters.UserId).TryGet(out var user, out var error))
        {
            return new ProblemResult(error);
        }

        var scope = $"sessions {caller.ClientId} {caller.Actor.Id} {user}";
        if (!pager.Read(parameters.Limit, parameters.Cursor, scope).TryGet(out var request, out error))
        {
            return new ProblemResult(error);
        }

        if ((!caller.IsKey && caller.UserId != user) || await users.FindAsync(caller.ClientId, user, cancellationToken) is null)
        {
            return new ProblemResult(Error.NotFound);
        }

        SessionId? after = TypeId.TryParse<SessionId>(request.After, out var last) ? last : null;
        var read = await sessions.ListAsync(caller.ClientId, user, after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<Session>>(pager.Make(request, read, session => session, session => session.Id.ToString()));
    }

    private static Result<UserId> UserOf(Caller caller, string? named)
    {
        if (named is null)
        {
            return caller.UserId is { } own
                ? own
                : Error.Invalid(ErrorCatalogue.UserRequired, "userId", "is required where the API key acts for no user.");
        }

        return UserId.TryParse(named, out var user)
            ? user
            : Error.Invalid("userId", "must be 1 to 128 of A-Z a-z 0-9 . _ @ : -");
    }
}

/// <summary>The query of <c>GET /api/sessions</c>.</summary>
/// <param name="UserId">The user; left out, the one who calls or for whom the API key acts.</param>
/// <param name="Limit">The most sessions.</param>
/// <param name="Cursor">From the page before.</param>
internal sealed record SessionListParameters(string? UserId, string? Limit, string? Cursor);
