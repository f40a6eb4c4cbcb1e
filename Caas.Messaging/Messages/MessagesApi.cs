using Caas.Domain.Conversations;
using Caas.Domain.Messages;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;
using Caas.Messaging.Conversations;

namespace Caas.Messaging.Messages;

/// <summary>The endpoints of messages.</summary>
internal static class MessagesApi
{
    private const string Read = "messages:read";
    private const string Write = "messages:write";

    public static IEndpointRouteBuilder MapMessages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/messages", "Messages");
        group.MapPost("/", SendAsync).Allow(Access.UserOrKey, Write).Idempotent()
            .Produces<Message>(StatusCodes.Status201Created)
            .Produces<Message>();
        routes.MapApi("/api/conversations/{conversationId}/messages", "Messages")
            .MapGet("/", ListAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Message>>();
        return routes;
    }

    /// <summary>Send a message</summary>
    /// <remarks>
    /// Repeating a send with its <c>clientMessageId</c> gives the first result with 200 and stores nothing, for ever.
    /// </remarks>
    private static async Task<IResult> SendAsync(
        RequestCaller who,
        JsonBody<SendMessageInput> body,
        SendMessage send,
        ApiJson json,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var idempotency = RequestIdempotency.Write<ConversationCommit>(
            context, commit => Answer(commit).Store(json.TypeInfo<Message>()));
        var sent = await send.ExecuteAsync(who.Caller, body.Value, idempotency, cancellationToken);
        return sent.TryGet(out var commit, out var error) ? Answer(commit) : new ProblemResult(error);
    }

    /// <summary>Read a conversation's messages</summary>
    /// <remarks>
    /// Newest first, by cursor; or, with one of <c>before</c>, <c>after</c> and <c>around</c>, the nearest
    /// <c>limit</c> messages to that sequence number.
    /// </remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who,
        ConversationPath conversation,
        [AsParameters] MessageListParameters parameters,
        ListMessages list,
        CancellationToken cancellationToken)
    {
        var listed = await list.ExecuteAsync(who.Caller, conversation.Id, parameters, cancellationToken);
        return listed.TryGet(out var page, out var error)
            ? new ResourceResult<Page<Message>>(page)
            : new ProblemResult(error);
    }

    private static ResourceResult<Message> Answer(ConversationCommit commit)
    {
        var message = commit.Message!;
        return new ResourceResult<Message>(
            message,
            commit.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created,
            message.Etag,
            commit.Replayed ? null : $"/api/messages/{message.Id}");
    }
}
