using Caas.Domain.Receipts;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Caas.Http.Resources;
using Caas.Messaging.Conversations;

namespace Caas.Messaging.Receipts;

/// <summary>The endpoints of read positions.</summary>
internal static class ReceiptsApi
{
    public static IEndpointRouteBuilder MapReceipts(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/api/conversations/{conversationId}/read", "Receipts")
            .MapPut("/", MarkAsync).Allow(Access.UserOrKey, "messages:write")
            .Produces<ReadPositionAnswer>();
        return routes;
    }

    /// <summary>Mark as read</summary>
    /// <remarks>Moves forward only; a lower number changes nothing. Needs a user.</remarks>
    private static async Task<IResult> MarkAsync(
        RequestCaller who,
        ConversationPath conversation,
        JsonBody<MarkReadInput> body,
        MarkRead mark,
        CancellationToken cancellationToken)
    {
        var marked = await mark.ExecuteAsync(who.Caller, conversation.Id, body.Value, cancellationToken);
        return marked.TryGet(out var position, out var error)
            ? new ResourceResult<ReadPositionAnswer>(ReadPositionAnswer.Of(position))
            : new ProblemResult(error);
    }
}
