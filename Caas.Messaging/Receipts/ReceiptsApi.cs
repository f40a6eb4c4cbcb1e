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
        routes.MapApi("/api/unread", "Receipts")
            .MapGet("/", ListUnreadAsync).Allow(Access.UserOrKey, "messages:read")
            .Produces<UnreadAnswer>();
        return routes;
    }

    /// <summary>Count what I have not read</summary>
    /// <remarks>In total and per conversation. Needs a user.</remarks>
    private static async Task<IResult> ListUnreadAsync(RequestCaller who, ListUnread list, CancellationToken cancellationToken)
    {
        var listed = await list.ExecuteAsync(who.Caller, cancellationToken);
        return listed.TryGet(out var answer, out var error) ? new ResourceResult<UnreadAnswer>(answer) : new ProblemResult(error);
    }

    /// <summary>Mark as read</summary>
    /// <remarks>Moves forward only; a lower number changes nothing. Needs a user.</remarks>
    /// <example>{ "sequence": 7 }</example>
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
