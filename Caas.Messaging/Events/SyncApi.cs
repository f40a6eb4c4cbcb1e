using Caas.Domain.Events;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Messaging.Events;

/// <summary>The endpoint by which a device catches up.</summary>
internal static class SyncApi
{
    public static IEndpointRouteBuilder MapSync(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/api/sync", "Sync")
            .MapPost("/", SyncAsync).Allow(Access.UserOrKey, "messages:read")
            .Produces<SyncAnswer>();
        return routes;
    }

    /// <summary>Catch up</summary>
    /// <remarks>
    /// With the cursor of the last answer: everything that the user may see since then; duplicates are possible, gaps are
    /// not. With known versions: what those conversations have above them. With neither: all conversations, to begin
    /// with. Needs a user.
    /// </remarks>
    /// <example>{ "limit": 200 }</example>
    private static async Task<IResult> SyncAsync(
        RequestCaller who, JsonBody<SyncInput> body, SyncChanges sync, CancellationToken cancellationToken)
    {
        var synced = await sync.ExecuteAsync(who.Caller, body.Value, cancellationToken);
        return synced.TryGet(out var answer, out var error)
            ? new ResourceResult<SyncAnswer>(answer)
            : new ProblemResult(error);
    }
}
