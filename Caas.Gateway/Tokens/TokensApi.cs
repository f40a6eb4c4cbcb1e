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
}
