using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caas.Http;

/// <summary>The policy of a feature's endpoints, attached once to its group, so that none can forget it.</summary>
public static class ApiRoutes
{
    /// <summary>
    /// A group of a feature: its endpoints refuse in the order of the contract. What a path names is refused (404) between
    /// unreadable bodies (415, 413, 400) and misshapen ones (422).
    /// </summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes, string prefix, string tag)
    {
        var group = routes.MapGroup(prefix).WithTags(tag);
        group.AddEndpointFilter<BodyReadFilter>();
        group.AddEndpointFilter<PathFilter>();
        group.AddEndpointFilter<BodyShapeFilter>();
        group.AddEndpointFilter<ScopeFilter>();
        return group;
    }

    /// <summary>Says who may call the endpoint, and which scope an API key needs for it.</summary>
    public static RouteHandlerBuilder Allow(this RouteHandlerBuilder endpoint, Access access, string? scope = null) =>
        endpoint.WithMetadata(new AccessMetadata(access, scope));

    /// <summary>Honours <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter<IdempotencyFilter>().WithMetadata(IdempotentMetadata.Instance);
}

/// <summary>Marks an endpoint that honours <c>Idempotency-Key</c>.</summary>
public sealed class IdempotentMetadata
{
    private IdempotentMetadata()
    {
    }

    /// <summary>The mark.</summary>
    public static IdempotentMetadata Instance { get; } = new();
}
