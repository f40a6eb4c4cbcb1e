using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Idempotency;
using Caas.Http.Json;
using Caas.Http.Paging;
using Caas.Http.Problems;
using Caas.Http.Resources;
using Caas.Messaging.Conversations;

namespace Caas.Messaging.Members;

/// <summary>The endpoints of a conversation's members.</summary>
internal static class MembersApi
{
    private const string Read = "conversations:read";
    private const string Write = "conversations:write";

    public static IEndpointRouteBuilder MapMembers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/conversations/{conversationId}/members", "Members");
        group.MapGet("/", ListAsync).Allow(Access.UserOrKey, Read)
            .Produces<Page<Member>>();
        group.MapPost("/", AddAsync).Allow(Access.UserOrKey, Write).Idempotent()
            .Produces<Member>(StatusCodes.Status201Created);
        group.MapPatch("/{userId}", UpdateAsync).Allow(Access.UserOrKey, Write)
            .Produces<Member>();
        group.MapDelete("/{userId}", RemoveAsync).Allow(Access.UserOrKey, Write)
            .Produces(StatusCodes.Status204NoContent);
        return routes;
    }

    /// <summary>List the members</summary>
    /// <remarks>In the order of their user ids, with their read positions.</remarks>
    private static async Task<IResult> ListAsync(
        RequestCaller who,
        ConversationPath conversation,
        string? limit,
        string? cursor,
        IMemberReader members,
        Pager pager,
        CancellationToken cancellationToken)
    {
        var scope = $"members {who.Caller.ClientId} {who.Caller.Actor.Id} {conversation.Id}";
        if (!pager.Read(limit, cursor, scope).TryGet(out var request, out var error))
        {
            return new ProblemResult(error);
        }

        UserId? after = UserId.TryParse(request.After, out var last) ? last : null;
        var read = await members.ListAsync(
            who.Caller.ClientId, conversation.Id, after, request.Limit + 1, cancellationToken);
        return new ResourceResult<Page<Member>>(
            pager.Make(request, read, member => member, member => member.UserId.Value));
    }

    /// <summary>Add a member</summary>
    /// <remarks>They see all history, unless the conversation says <c>none</c>, and start with everything read.</remarks>
    /// <example>{ "userId": "cat", "role": "member" }</example>
    private static async Task<IResult> AddAsync(
        RequestCaller who,
        ConversationPath conversation,
        JsonBody<AddMemberInput> body,
        AddMember add,
        ApiJson json,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var idempotency = RequestIdempotency.Write<ConversationCommit>(
            context, commit => Answer(conversation.Id, commit).Store(json.TypeInfo<Member>()));
        var added = await add.ExecuteAsync(who.Caller, conversation.Id, body.Value, idempotency, cancellationToken);
        return added.TryGet(out var commit, out var error) ? Answer(conversation.Id, commit) : new ProblemResult(error);
    }

    /// <summary>Change a member's role</summary>
    /// <remarks>Owners and admins may, up to their own role. A conversation keeps at least one owner.</remarks>
    /// <example>{ "role": "admin" }</example>
    private static async Task<IResult> UpdateAsync(
        RequestCaller who,
        ConversationPath conversation,
        MemberPath member,
        JsonBody<UpdateMemberInput> body,
        UpdateMember update,
        CancellationToken cancellationToken)
    {
        var updated = await update.ExecuteAsync(who.Caller, conversation.Id, member.Value, body.Value, cancellationToken);
        return updated.TryGet(out var answer, out var error) ? new ResourceResult<Member>(answer) : new ProblemResult(error);
    }

    /// <summary>Remove a member, or leave</summary>
    /// <remarks>Leaving is removing oneself. The only owner of others makes another one first.</remarks>
    private static async Task<IResult> RemoveAsync(
        RequestCaller who,
        ConversationPath conversation,
        MemberPath member,
        RemoveMember remove,
        CancellationToken cancellationToken)
    {
        var removed = await remove.ExecuteAsync(who.Caller, conversation.Id, member.Value, cancellationToken);
        return removed.TryGet(out _, out var error) ? TypedResults.NoContent() : new ProblemResult(error);
    }

    private static ResourceResult<Member> Answer(ConversationId conversationId, ConversationCommit commit)
    {
        var member = commit.Members[0];
        return new ResourceResult<Member>(
            member,
            StatusCodes.Status201Created,
            location: $"/api/conversations/{conversationId}/members/{member.UserId}");
    }
}
