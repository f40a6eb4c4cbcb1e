using Caas.Domain.Conversations;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Messaging.Conversations;

/// <summary>The endpoints of conversations.</summary>
internal static class ConversationsApi
{
    private const string Read = "conversations:read";
    private const string Write = "conversations:write";

    public static IEndpointRouteBuilder MapConversations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/conversations", "Conversations");
        group.MapPost("/", CreateAsync).Allow(Access.UserOrKey, Write).Idempotent()
            .Produces<Conversation>(StatusCodes.Status201Created)
            .Produces<Conversation>();
        group.MapGet("/", ListAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Conversation>>();
        group.MapGet("/{conversationId}", Get).Allow(Access.UserOrKey, Read)
            .Produces<Conversation>();
        group.MapPatch("/{conversationId}", UpdateAsync).Allow(Access.UserOrKey, Write)
            .Produces<Conversation>();
        group.MapDelete("/{conversationId}", DeleteAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{conversationId}/sequence", ReadSequenceAsync).Allow(Access.UserOrKey, Read)
            .Produces<SequenceAnswer>();
        return routes;
    }

    /// <summary>Create a conversation</summary>
    /// <remarks>
    /// The caller becomes its owner and a member. A direct conversation of the same two users is returned with 200, not
    /// made twice. An API key without <c>Caas-User</c> makes a conversation without an owner.
    /// </remarks>
    /// <example>{ "type": "group", "members": ["ben"], "name": "Team" }</example>
    private static async Task<IResult> CreateAsync(
        RequestCaller who,
        JsonBody<CreateConversationInput> body,
        CreateConversation create,
        ApiJson json,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var idempotency = RequestIdempotency.Write<ConversationCommit>(
            context, commit => Answer(commit).Store(json.TypeInfo<Conversation>()));
        var created = await create.ExecuteAsync(who.Caller, body.Value, idempotency, cancellationToken);
        return created.TryGet(out var commit, out var error) ? Answer(commit) : new ProblemResult(error);
    }

    /// <summary>List my conversations</summary>
    /// <remarks>Newest activity first, with the last message and the unread count. Needs a user.</remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who,
        [AsParameters] ConversationListParameters parameters,
        ListConversations list,
        Pager pager,
        CancellationToken cancellationToken)
    {
        var listed = await list.ExecuteAsync(who.Caller, parameters, pager, cancellationToken);
        return listed.TryGet(out var page, out var error)
            ? new ResourceResult<Page<Conversation>>(page)
            : new ProblemResult(error);
    }

    /// <summary>Read a conversation</summary>
    private static ResourceResult<Conversation> Get(ConversationPath conversation) => Answer(conversation.View);

    /// <summary>Change a conversation's settings</summary>
    /// <remarks>What is left out stays. Owners and admins may.</remarks>
    /// <example>{ "name": "The team" }</example>
    private static async Task<IResult> UpdateAsync(
        RequestCaller who,
        ConversationPath conversation,
        JsonBody<UpdateConversationInput> body,
        UpdateConversation update,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var updated = await update.ExecuteAsync(who.Caller, conversation.Id, body.Value, etag, cancellationToken);
        return updated.TryGet(out var view, out error) ? Answer(view) : new ProblemResult(error);
    }

    /// <summary>Delete a conversation</summary>
    /// <remarks>With all its messages, everywhere in the store, in the same write. Owners may.</remarks>
    private static async Task<IResult> DeleteAsync(
        RequestCaller who,
        ConversationPath conversation,
        DeleteConversation delete,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var deleted = await delete.ExecuteAsync(who.Caller, conversation.Id, etag, cancellationToken);
        return deleted.TryGet(out _, out error) ? TypedResults.NoContent() : new ProblemResult(error);
    }

    /// <summary>Read a conversation's numbers and Merkle root</summary>
    /// <remarks>
    /// With <c>proof=n</c> also the inclusion proof of message n (RFC 6962): leaf = SHA-256(0x00, salt, RFC 8785 JSON of
    /// attachments, conversationId, senderId, sequence and text as first sent).
    /// </remarks>
    private static async Task<IResult> ReadSequenceAsync(
        RequestCaller who, ConversationPath conversation, string? proof, ReadSequence read, CancellationToken cancellationToken)
    {
        var answered = await read.ExecuteAsync(who.Caller, conversation.View, proof, cancellationToken);
        return answered.TryGet(out var answer, out var error)
            ? new ResourceResult<SequenceAnswer>(answer)
            : new ProblemResult(error);
    }

    private static ResourceResult<Conversation> Answer(ConversationView view)
    {
        var conversation = view.ToConversation();
        return new ResourceResult<Conversation>(conversation, etag: conversation.Etag);
    }

    private static ResourceResult<Conversation> Answer(ConversationCommit commit)
    {
        var conversation = commit.Head.ToConversation();
        return new ResourceResult<Conversation>(
            conversation,
            commit.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created,
            conversation.Etag,
            commit.Replayed ? null : $"/api/conversations/{conversation.Id}");
    }
}
