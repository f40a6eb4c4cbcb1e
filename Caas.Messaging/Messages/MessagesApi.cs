using Caas.Domain.Conversations;
using Caas.Domain.Errors;
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
        group.MapGet("/{messageId}", Get).Allow(Access.UserOrKey, Read)
            .Produces<Message>();
        group.MapPatch("/{messageId}", EditAsync).Allow(Access.UserOrKey, Write)
            .Produces<Message>();
        group.MapDelete("/{messageId}", DeleteAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{messageId}/revisions", ListRevisionsAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Revision>>();
        group.MapGet("/{messageId}/replies", ListRepliesAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Message>>();
        group.MapPut("/{messageId}/pin", PinAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapDelete("/{messageId}/pin", UnpinAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        routes.MapApi("/api/conversations/{conversationId}/messages", "Messages")
            .MapGet("/", ListAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Message>>();
        return routes;
    }

    /// <summary>Send a message</summary>
    /// <remarks>
    /// Repeating a send with its <c>clientMessageId</c> gives the first result with 200 and stores nothing, for ever.
    /// </remarks>
    /// <example>{ "conversationId": "conv_01m8760104fmqs37d2516z4hv2", "clientMessageId": "phone-1", "text": "Hello" }</example>
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

    /// <summary>Read a message</summary>
    /// <remarks>A deleted one stays as a tombstone: with <c>deletedAt</c>, without content.</remarks>
    private static ResourceResult<Message> Get(MessagePath message) => new(message.Value, etag: message.Value.Etag);

    /// <summary>Edit a message</summary>
    /// <remarks>What is left out stays. Its author may; what it said before is kept as a revision.</remarks>
    /// <example>{ "text": "Hello, all" }</example>
    private static async Task<IResult> EditAsync(
        RequestCaller who,
        MessagePath message,
        JsonBody<EditMessageInput> body,
        MessageCommands commands,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var edited = await commands.EditAsync(who.Caller, message.Value, body.Value, etag, cancellationToken);
        return edited.TryGet(out var answer, out error)
            ? new ResourceResult<Message>(answer, etag: answer.Etag)
            : new ProblemResult(error);
    }

    /// <summary>Delete a message</summary>
    /// <remarks>
    /// Its content goes everywhere in the store, earlier changes and revisions included; its number stays. Its author,
    /// an admin of the conversation and a moderator may.
    /// </remarks>
    private static async Task<IResult> DeleteAsync(
        RequestCaller who,
        MessagePath message,
        MessageCommands commands,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        return Done(await commands.DeleteAsync(who.Caller, message.Value, etag, cancellationToken));
    }

    /// <summary>Pin a message</summary>
    private static async Task<IResult> PinAsync(
        RequestCaller who, MessagePath message, MessageCommands commands, CancellationToken cancellationToken) =>
        Done(await commands.PinAsync(who.Caller, message.Value, pinned: true, cancellationToken));

    /// <summary>Unpin a message</summary>
    private static async Task<IResult> UnpinAsync(
        RequestCaller who, MessagePath message, MessageCommands commands, CancellationToken cancellationToken) =>
        Done(await commands.PinAsync(who.Caller, message.Value, pinned: false, cancellationToken));

    /// <summary>Read what a message said before</summary>
    /// <remarks>Oldest first; empty where it never was edited, and after it was deleted.</remarks>
    private static async Task<IResult> ListRevisionsAsync(
        RequestCaller who, MessagePath message, IMessageReader messages, CancellationToken cancellationToken)
    {
        var revisions = await messages.ListRevisionsAsync(
            who.Caller.ClientId, who.Caller.UserId, message.Value.Id, cancellationToken);
        return new ResourceResult<Page<Revision>>(new Page<Revision>(revisions, NextCursor: null));
    }

    /// <summary>List the replies to a message</summary>
    /// <remarks>Newest first.</remarks>
    private static async Task<IResult> ListRepliesAsync(
        RequestCaller who,
        MessagePath message,
        string? limit,
        string? cursor,
        ListMessages list,
        CancellationToken cancellationToken)
    {
        var listed = await list.RepliesAsync(who.Caller, message.Value.Id, limit, cursor, cancellationToken);
        return listed.TryGet(out var page, out var error)
            ? new ResourceResult<Page<Message>>(page)
            : new ProblemResult(error);
    }

    private static IResult Done(Result<Message> done) =>
        done.TryGet(out _, out var error) ? TypedResults.NoContent() : new ProblemResult(error);

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
