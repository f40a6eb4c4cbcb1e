using System.Text.Json;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Validation;

namespace Caas.Domain.Conversations;

/// <summary>Changes the settings of a conversation.</summary>
public sealed class UpdateConversation(ConversationAccess access, LimitsOptions limits)
{
    /// <summary>Changes; <c>validation_failed</c>, <c>not_found</c>, <c>forbidden</c>, <c>precondition_failed</c>.</summary>
    public async ValueTask<Result<ConversationView>> ExecuteAsync(
        Caller caller,
        ConversationId conversationId,
        UpdateConversationInput input,
        string? etag,
        CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var change = new ConversationUpdate(ChangeOrigin.Of(caller.Actor))
        {
            Name = input.Name is null ? null : checks.Name("name", input.Name) ?? string.Empty,
            Attributes = checks.Attributes("attributes", input.Attributes),
            History = input.History is null ? null : checks.OneOf(
                "history", input.History, HistoryAccess.All, ("all", HistoryAccess.All), ("none", HistoryAccess.None)),
        };
        if (checks.Error is { } error)
        {
            return error;
        }

        var committed = await access.CommitAsync(
            caller,
            conversationId,
            new AccessQuestion(AccessAction.UpdateConversation),
            change,
            CommitConditions.None with { ConversationEtag = etag },
            cancellationToken);
        return committed.TryGet(out _, out error)
            ? await access.ReadAsync(caller, conversationId, cancellationToken)
            : error;
    }
}

/// <summary>The body of <c>PATCH /api/conversations/{id}</c>: what is left out stays.</summary>
/// <param name="Name">The name; empty takes it away.</param>
/// <param name="Attributes">The attributes as a whole.</param>
/// <param name="History">What members who join from now on see of the past: <c>all</c> or <c>none</c>.</param>
public sealed record UpdateConversationInput(string? Name, JsonElement? Attributes, string? History);
