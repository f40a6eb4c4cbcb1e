using Caas.Domain.Errors;
using Caas.Domain.Tokens;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Tokens;

/// <summary>The endpoints of tokens.</summary>
internal static class TokensApi
{
    public static IEndpointRouteBuilder MapTokens(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/tokens", "Tokens");
        group.MapPost("/", MintAsync).Allow(Access.Key, "tokens:write")
            .Produces<TokenPair>(StatusCodes.Status201Created);
        group.MapPost("/refresh", RefreshAsync).Allow(Access.Anyone)
            .Produces<TokenPair>();
        group.MapPost("/revoke", RevokeAsync).Allow(Access.UserOrKey, "tokens:write")
            .Produces<RevokedSessions>();
        return routes;
    }

    /// <summary>Mint tokens for a user's device</summary>
    /// <remarks>Called by the application's own back end, after it has signed its user in. 404 for an unknown user.</remarks>
    /// <example>{ "userId": "ann" }</example>
    private static async Task<IResult> MintAsync(
        RequestCaller who, JsonBody<MintTokensInput> body, MintTokens mint, CancellationToken cancellationToken)
    {
        var minted = await mint.ExecuteAsync(who.Caller, body.Value, cancellationToken);
        return minted.TryGet(out var tokens, out var error)
            ? new ResourceResult<TokenPair>(tokens, StatusCodes.Status201Created)
            : new ProblemResult(error);
    }

    /// <summary>Refresh tokens</summary>
    /// <remarks>
    /// Needs nothing but the refresh token, which is good once: the answer holds its successor. Presented again within 10
    /// seconds it gives the same successor, for the answer may have been lost; later, or once the successor was used, it
    /// ends the session: 401 <c>session_revoked</c>.
    /// </remarks>
    private static async Task<IResult> RefreshAsync(
        JsonBody<RefreshTokenInput> body, RefreshSession refresh, Revocations revocations, CancellationToken cancellationToken)
    {
        var refreshed = await refresh.ExecuteAsync(body.Value, cancellationToken);
        if (refreshed.TryGet(out var tokens, out var error))
        {
            return new ResourceResult<TokenPair>(tokens);
        }

        if (ReferenceEquals(error.Code, ErrorCatalogue.SessionRevoked))
        {
            await revocations.CatchUpAsync(CancellationToken.None);
        }

        return new ProblemResult(error);
    }

    /// <summary>End sessions</summary>
    /// <remarks>
    /// One session, the sessions of a device, or all of a user. A user ends their own, an API key anybody's of the client.
    /// Access and refresh tokens are refused within a second, sockets close within five.
    /// </remarks>
    private static async Task<IResult> RevokeAsync(
        RequestCaller who,
        JsonBody<RevokeTokensInput> body,
        RevokeTokens revoke,
        Revocations revocations,
        CancellationToken cancellationToken)
    {
        var revoked = await revoke.ExecuteAsync(who.Caller, body.Value, cancellationToken);
        if (!revoked.TryGet(out var answer, out var error))
        {
            return new ProblemResult(error);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return new ResourceResult<RevokedSessions>(answer);
    }
}
