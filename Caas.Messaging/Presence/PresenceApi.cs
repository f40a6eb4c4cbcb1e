using Caas.Domain.Presence;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Messaging.Presence;

/// <summary>The endpoint of presence.</summary>
internal static class PresenceApi
{
    public static IEndpointRouteBuilder MapPresence(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/api/presence", "Presence")
            .MapGet("/", ReadAsync).Allow(Access.UserOrKey, "users:read")
            .Produces<PresenceAnswer>();
        return routes;
    }

    /// <summary>Read who is there</summary>
    /// <remarks>
    /// <c>userIds=a,b</c>, at most 200. Only those with whom the caller shares a conversation are in the answer. Needs a
    /// user.
    /// </remarks>
    private static async Task<IResult> ReadAsync(
        RequestCaller who, string? userIds, ReadPresence read, CancellationToken cancellationToken)
    {
        var answered = await read.ExecuteAsync(who.Caller, userIds?.Split(','), cancellationToken);
        return answered.TryGet(out var presences, out var error)
            ? new ResourceResult<PresenceAnswer>(PresenceAnswer.Of(presences))
            : new ProblemResult(error);
    }
}
