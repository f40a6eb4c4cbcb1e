using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Reactions;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Problems;
using Caas.Messaging.Messages;

namespace Caas.Messaging.Reactions;

/// <summary>The endpoints of reactions.</summary>
internal static class ReactionsApi
{
    private const string Write = "messages:write";

    public static IEndpointRouteBuilder MapReactions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/messages/{messageId}/reactions", "Reactions");
        group.MapPut("/{emoji}", AddAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapDelete("/{emoji}", RemoveAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        return routes;
    }

    /// <summary>React to a message</summary>
    /// <remarks>An emoji, or a short name without spaces, percent-encoded in the path. Needs a user.</remarks>
    private static async Task<IResult> AddAsync(
        RequestCaller who, MessagePath message, string emoji, React react, CancellationToken cancellationToken) =>
        Done(await react.ExecuteAsync(who.Caller, message.Value, emoji, stands: true, cancellationToken));

    /// <summary>Take a reaction back</summary>
    private static async Task<IResult> RemoveAsync(
        RequestCaller who, MessagePath message, string emoji, React react, CancellationToken cancellationToken) =>
        Done(await react.ExecuteAsync(who.Caller, message.Value, emoji, stands: false, cancellationToken));

    private static IResult Done(Result<ConversationCommit> done) =>
        done.TryGet(out _, out var error) ? TypedResults.NoContent() : new ProblemResult(error);
}
