using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Keys;

/// <summary>The endpoints of API keys.</summary>
internal static class KeysApi
{
    private const string Read = "clients:read";
    private const string Write = "clients:write";

    public static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/keys", "Keys");
        group.MapGet("/", ListAsync).Allow(Access.Key, Read)
            .Produces<Page<ApiKey>>();
        group.MapPost("/", CreateAsync).Allow(Access.Key, Write)
            .Produces<NewApiKey>(StatusCodes.Status201Created);
        group.MapGet("/{keyId}", Get).Allow(Access.Key, Read)
            .Produces<ApiKey>();
        group.MapDelete("/{keyId}", RevokeAsync).Allow(Access.Key, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapPost("/{keyId}/rotate", RotateAsync).Allow(Access.Key, Write)
            .Produces<NewApiKey>();
        return routes;
    }

    /// <summary>List the API keys</summary>
    /// <remarks>In the order of their making, without those that were revoked; never a secret.</remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who, string? limit, string? cursor, IApiKeyStore keys, Pager pager, CancellationToken cancellationToken)
    {
        if (!pager.Read(limit, cursor, $"keys {who.Caller.ClientId} {who.Caller.Actor.Id}").TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        KeyId? after = TypeId.TryParse<KeyId>(request.After, out var last) ? last : null;
        var read = await keys.ListAsync(who.Caller.ClientId, after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<ApiKey>>(pager.Make(request, read, key => key, key => key.Id.ToString()));
    }

    /// <summary>Make an API key</summary>
    /// <remarks>
    /// <c>key</c> is shown in this answer and never again, so <c>Idempotency-Key</c> is ignored here. A key gives no more
    /// than it has: scopes beyond the caller's are 403 <c>insufficient_scope</c>.
    /// </remarks>
    private static async Task<IResult> CreateAsync(
        RequestCaller who, JsonBody<CreateKeyInput> body, CreateKey create, CancellationToken cancellationToken)
    {
        var created = await create.ExecuteAsync(who.Caller, body.Value, cancellationToken);
        return created.TryGet(out var key, out var error)
            ? new ResourceResult<NewApiKey>(key, StatusCodes.Status201Created, location: $"/api/keys/{key.Id}")
            : new ProblemResult(error);
    }

    /// <summary>Read an API key</summary>
    private static ResourceResult<ApiKey> Get(KeyPath key) => new(key.Value);

    /// <summary>Revoke an API key</summary>
    /// <remarks>It is refused at once here and within a second on every node. A key may revoke itself.</remarks>
    private static async Task<IResult> RevokeAsync(
        RequestCaller who,
        KeyPath key,
        IApiKeyStore keys,
        Revocations revocations,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var origin = ChangeOrigin.Of(who.Caller.Actor);
        if (!await keys.RevokeAsync(who.Caller.ClientId, key.Value.Id, clock.GetUtcNow(), origin, cancellationToken))
        {
            return new ProblemResult(Error.NotFound);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return TypedResults.NoContent();
    }

    /// <summary>Rotate an API key</summary>
    /// <remarks>
    /// Gives a successor with the same application, name, scopes and lifetime; <c>key</c> is shown in this answer and never
    /// again. The old key goes on for <c>overlapSeconds</c>, an hour by default, and then is <c>credential_expired</c>.
    /// </remarks>
    private static async Task<IResult> RotateAsync(
        RequestCaller who,
        KeyPath key,
        JsonBody<RotateKeyInput> body,
        RotateKey rotate,
        Revocations revocations,
        CancellationToken cancellationToken)
    {
        var rotated = await rotate.ExecuteAsync(who.Caller, key.Value, body.Value, cancellationToken);
        if (!rotated.TryGet(out var successor, out var error))
        {
            return new ProblemResult(error);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return new ResourceResult<NewApiKey>(successor, location: $"/api/keys/{successor.Id}");
    }
}
