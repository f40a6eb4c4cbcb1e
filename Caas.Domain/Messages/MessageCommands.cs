using System.Text.Json;
using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Validation;

namespace Caas.Domain.Messages;

/// <summary>What can be done to a message that was sent: edit, delete, pin and unpin.</summary>
public sealed class MessageCommands(ConversationAccess access, IMessageReader messages, LimitsOptions limits)
{
    /// <summary>The message as the caller sees it; <c>not_found</c>.</summary>
    public async ValueTask<Result<Message>> FindAsync(Caller caller, string? messageId, CancellationToken cancellationToken) =>
        TypeId.TryParse<MessageId>(messageId, out var id)
        && await messages.FindAsync(caller.ClientId, caller.UserId, id, cancellationToken) is { } message
            ? message
            : Error.NotFound;

    /// <summary>
    /// Edits, and keeps what it said; <c>validation_failed</c>, <c>forbidden</c>, <c>precondition_failed</c>,
    /// <c>message_deleted</c>.
    /// </summary>
    public async ValueTask<Result<Message>> EditAsync(
        Caller caller, Message message, EditMessageInput input, string? etag, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var text = checks.Text("text", input.Text);
        if (input is { Text: null, Attributes: null, Mentions: null })
        {
            checks.Add("text", "is required where neither attributes nor mentions change.");
        }
        else if (text is { Length: 0 } && message.Attachments.Count == 0)
        {
            checks.Add("text", "may not be empty: delete the message instead.");
        }

        var change = new MessageEdit(ChangeOrigin.Of(caller.Actor), message.Id)
        {
            Text = text,
            Attributes = checks.Attributes("attributes", input.Attributes),
            Mentions = input.Mentions is null ? null : checks.UserIds("mentions", input.Mentions, limits.Mentions),
        };
        return checks.Error ?? await CommitAsync(caller, message, AccessAction.EditMessage, change, etag, cancellationToken);
    }

    /// <summary>Makes a tombstone of it; <c>forbidden</c>, <c>precondition_failed</c>.</summary>
    public ValueTask<Result<Message>> DeleteAsync(
        Caller caller, Message message, string? etag, CancellationToken cancellationToken) =>
        CommitAsync(
            caller,
            message,
            AccessAction.DeleteMessage,
            new MessageDeletion(ChangeOrigin.Of(caller.Actor), message.Id),
            etag,
            cancellationToken);

    /// <summary>Pins or unpins it; <c>forbidden</c>, <c>message_deleted</c>.</summary>
    public ValueTask<Result<Message>> PinAsync(
        Caller caller, Message message, bool pinned, CancellationToken cancellationToken) =>
        CommitAsync(
            caller,
            message,
            AccessAction.PinMessage,
            new MessagePin(ChangeOrigin.Of(caller.Actor), message.Id, pinned),
            etag: null,
            cancellationToken);

    private async ValueTask<Result<Message>> CommitAsync(
        Caller caller,
        Message message,
        AccessAction action,
        MessageChange change,
        string? etag,
        CancellationToken cancellationToken)
    {
        var committed = await access.CommitAsync(
            caller,
            message.ConversationId,
            new AccessQuestion(action, message.SenderId),
            change,
            CommitConditions.None with { MessageEtag = etag },
            cancellationToken);
        if (!committed.TryGet(out var commit, out var error))
        {
            return error;
        }

        // Read again for what depends on the reader; it was removed in the same moment where it is not there any more.
        return await messages.FindAsync(caller.ClientId, caller.UserId, message.Id, cancellationToken) ?? commit.Message!;
    }
}

/// <summary>The body of <c>PATCH /api/messages/{id}</c>: what is left out stays.</summary>
/// <param name="Text">The new text.</param>
/// <param name="Attributes">The new attributes as a whole.</param>
/// <param name="Mentions">The new mentions.</param>
public sealed record EditMessageInput(string? Text, JsonElement? Attributes, IReadOnlyList<string?>? Mentions);
