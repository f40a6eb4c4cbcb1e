using System.Text.Json;
using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Validation;

namespace Caas.Domain.Messages;

/// <summary>Sends a message.</summary>
public sealed class SendMessage(ConversationAccess access, IIdSource ids, IEntropy entropy, LimitsOptions limits)
{
    private static readonly AccessQuestion Question = new(AccessAction.SendMessage);

    /// <summary>
    /// Sends, or gives the message that this <c>clientMessageId</c> made before
    /// (<see cref="ConversationCommit.Replayed"/>); <c>user_required</c>, <c>validation_failed</c>, <c>not_found</c>,
    /// <c>forbidden</c>, <c>client_message_id_reused</c>.
    /// </summary>
    public ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller,
        SendMessageInput input,
        IdempotentWrite<ConversationCommit>? idempotency,
        CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } sender)
        {
            return new(UserRequired.Error);
        }

        var checks = new Checks(limits);
        var conversationId = checks.Id<ConversationId>("conversationId", input.ConversationId);
        var change = Check(checks, caller, sender, input);
        if (checks.Error is { } error)
        {
            return new(error);
        }

        var conditions = idempotency is null
            ? CommitConditions.None
            : CommitConditions.None with { Idempotency = idempotency };
        return access.CommitAsync(caller, conversationId, Question, change, conditions, cancellationToken);
    }

    private NewMessage Check(Checks checks, Caller caller, UserId sender, SendMessageInput input)
    {
        var text = checks.Text("text", input.Text);
        if (string.IsNullOrEmpty(text) && input.Attachments is null or [])
        {
            checks.Add("text", "is required where there are no attachments.");
        }

        CheckAttachments(checks, input.Attachments);
        var salt = new byte[MessageLeaf.SaltBytes];
        entropy.Fill(salt);
        return new NewMessage(ChangeOrigin.Of(caller.Actor))
        {
            Id = MessageId.From(ids.Next()),
            SenderId = sender,
            ClientMessageId = checks.Label("clientMessageId", input.ClientMessageId, limits.ClientMessageIdLength),
            Content = new MessageContent(
                text,
                [],
                checks.OptionalId<MessageId>("replyTo", input.ReplyTo),
                checks.UserIds("mentions", input.Mentions, limits.Mentions),
                checks.Attributes("attributes", input.Attributes)),
            Salt = salt,
        };
    }

    // Files are a feature of their own to come: until then no id is one of a file.
    private static void CheckAttachments(Checks checks, IReadOnlyList<string?>? attachments)
    {
        if (attachments?.Count > checks.Limits.Attachments)
        {
            checks.Add("attachments", $"may hold at most {checks.Limits.Attachments} files.");
        }
        else if (attachments?.Count > 0)
        {
            checks.Add("attachments[0]", "is not a file of this client.");
        }
    }
}

/// <summary>The body of <c>POST /api/messages</c> and of <c>message.send</c>.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="ClientMessageId">The sender's own id: the same send again stores nothing and gives the same message.</param>
/// <param name="Text">The text; needed where there are no attachments.</param>
/// <param name="Attachments">The files.</param>
/// <param name="ReplyTo">The message of this conversation that it answers.</param>
/// <param name="Mentions">The users whom it mentions.</param>
/// <param name="Attributes">The client's own words about it: a JSON object.</param>
public sealed record SendMessageInput(
    string? ConversationId,
    string? ClientMessageId,
    string? Text,
    IReadOnlyList<string?>? Attachments,
    string? ReplyTo,
    IReadOnlyList<string?>? Mentions,
    JsonElement? Attributes);
