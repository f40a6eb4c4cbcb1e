using System.Globalization;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Http.Paging;
using Microsoft.AspNetCore.Mvc;

namespace Caas.Messaging.Messages;

/// <summary>Lists the messages of a conversation.</summary>
internal sealed class ListMessages(IMessageReader messages, Pager pager)
{
    /// <summary>Lists; <c>validation_failed</c>, <c>invalid_cursor</c>.</summary>
    public async ValueTask<Result<Page<Message>>> ExecuteAsync(
        Caller caller, ConversationId conversationId, MessageListParameters parameters, CancellationToken cancellationToken)
    {
        var scope = $"messages {caller.ClientId} {caller.Actor.Id} {conversationId}";
        if (!pager.Read(parameters.Limit, parameters.Cursor, scope).TryGet(out var request, out var error)
            || !RangeOf(parameters).TryGet(out var range, out error))
        {
            return error;
        }

        if (range is { } named)
        {
            var nearest = await messages.ListAsync(
                caller.ClientId, caller.UserId, conversationId, named, request.Limit, cancellationToken);
            return new Page<Message>(nearest, NextCursor: null);
        }

        var below = request.After is { } last
            ? new MessageRange(MessageRangeKind.Before, long.Parse(last, CultureInfo.InvariantCulture))
            : MessageRange.Newest;
        var read = await messages.ListAsync(
            caller.ClientId, caller.UserId, conversationId, below, request.Limit + 1, cancellationToken);
        return pager.Make(
            request, read, message => message, message => message.Sequence.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Lists the replies to a message; <c>validation_failed</c>, <c>invalid_cursor</c>.</summary>
    public async ValueTask<Result<Page<Message>>> RepliesAsync(
        Caller caller, MessageId messageId, string? limit, string? cursor, CancellationToken cancellationToken)
    {
        var scope = $"replies {caller.ClientId} {caller.Actor.Id} {messageId}";
        if (!pager.Read(limit, cursor, scope).TryGet(out var request, out var error))
        {
            return error;
        }

        var before = request.After is { } last ? long.Parse(last, CultureInfo.InvariantCulture) : long.MaxValue;
        var read = await messages.ListRepliesAsync(
            caller.ClientId, caller.UserId, messageId, before, request.Limit + 1, cancellationToken);
        return pager.Make(
            request, read, message => message, message => message.Sequence.ToString(CultureInfo.InvariantCulture));
    }

    private static Result<MessageRange?> RangeOf(MessageListParameters parameters)
    {
        MessageRange? range = null;
        foreach (var (name, value, kind) in Bounds(parameters))
        {
            if (value is null)
            {
                continue;
            }

            if (range is not null || parameters.Cursor is not null)
            {
                return Error.Invalid(name, "may not stand beside another of before, after, around and cursor.");
            }

            if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                return Error.Invalid(name, "must be a sequence number.");
            }

            range = new MessageRange(kind, sequence);
        }

        return range;
    }

    private static (string Name, string? Value, MessageRangeKind Kind)[] Bounds(MessageListParameters parameters) =>
    [
        ("before", parameters.Before, MessageRangeKind.Before),
        ("after", parameters.After, MessageRangeKind.After),
        ("around", parameters.Around, MessageRangeKind.Around),
    ];
}

/// <summary>The query of <c>GET /api/conversations/{id}/messages</c>.</summary>
/// <param name="Limit">The most messages: 1 to 200, 50 where left out.</param>
/// <param name="Cursor">From the page before; not with a sequence number.</param>
/// <param name="Before">The nearest messages below this sequence number.</param>
/// <param name="After">The nearest messages above this sequence number.</param>
/// <param name="Around">The message with this sequence number and its neighbours.</param>
internal sealed record MessageListParameters(
    [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "cursor")] string? Cursor,
    [FromQuery(Name = "before")] string? Before,
    [FromQuery(Name = "after")] string? After,
    [FromQuery(Name = "around")] string? Around);
