using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Validation;
using Caas.Http.Paging;
using Microsoft.AspNetCore.Mvc;

namespace Caas.Messaging.Conversations;

/// <summary>Lists the caller's conversations.</summary>
internal sealed class ListConversations(IConversationReader conversations, LimitsOptions limits)
{
    /// <summary>Lists; <c>user_required</c>, <c>validation_failed</c>, <c>invalid_cursor</c>.</summary>
    public async ValueTask<Result<Page<Conversation>>> ExecuteAsync(
        Caller caller, ConversationListParameters parameters, Pager pager, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var checks = new Checks(limits);
        ConversationType? type = parameters.Type is null ? null : checks.OneOf(
            "type",
            parameters.Type,
            ConversationType.Group,
            ("direct", ConversationType.Direct),
            ("group", ConversationType.Group),
            ("channel", ConversationType.Channel));
        var updatedAfter = QueryTime.Read(checks, "updatedAfter", parameters.UpdatedAfter);
        if (checks.Error is { } error)
        {
            return error;
        }

        var scope = $"conversations {caller.ClientId} {user} {parameters.Type} {parameters.UpdatedAfter}";
        if (!pager.Read(parameters.Limit, parameters.Cursor, scope).TryGet(out var request, out error))
        {
            return error;
        }

        var read = await conversations.ListAsync(
            caller.ClientId,
            user,
            new ConversationListQuery(request.Limit + 1, PositionOf(request.After), type, updatedAfter),
            cancellationToken);
        return pager.Make(request, read, item => item.Conversation, item => TextOf(item.Position));
    }

    private static string TextOf(ConversationListPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.UpdatedAtMs} {position.Id}");

    private static ConversationListPosition? PositionOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split(' ');
        return TypeId.TryParse<ConversationId>(parts[1], out var id)
            ? new ConversationListPosition(long.Parse(parts[0], CultureInfo.InvariantCulture), id)
            : null;
    }
}

/// <summary>The query of <c>GET /api/conversations</c>.</summary>
/// <param name="Limit">The most conversations: 1 to 200, 50 where left out.</param>
/// <param name="Cursor">From the page before.</param>
/// <param name="Type">Only <c>direct</c>, <c>group</c> or <c>channel</c>.</param>
/// <param name="UpdatedAfter">Only with activity after this time, RFC 3339.</param>
internal sealed record ConversationListParameters(
    [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "cursor")] string? Cursor,
    [FromQuery(Name = "type")] string? Type,
    [FromQuery(Name = "updatedAfter")] string? UpdatedAfter);
