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
        return routes;
    }

    /// <summary>Create a conversation</summary>
    /// <remarks>
    /// The caller becomes its owner and a member. A direct conversation of the same two users is returned with 200, not
    /// made twice. An API key without <c>Caas-User</c> makes a conversation without an owner.
    /// </remarks>
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
    private static ResourceResult<Conversation> Get(ConversationPath conversation)
    {
        var answer = conversation.View.ToConversation();
        return new ResourceResult<Conversation>(answer, etag: answer.Etag);
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
