using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Messages;
using Caas.Domain.Policies;
using Caas.Domain.Validation;

namespace Caas.Domain.Reactions;

/// <summary>Reacts to a message, or takes that back.</summary>
public sealed class React(ConversationAccess access, LimitsOptions limits)
{
    private const int MaxEmojiLength = 32;
    private const int MaxKinds = 50;

    private static readonly AccessQuestion Question = new(AccessAction.React);

    /// <summary>Reacts; <c>user_required</c>, <c>validation_failed</c>, <c>forbidden</c>, <c>message_deleted</c>.</summary>
    public async ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller, Message message, string? emoji, bool stands, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } user)
        {
            return UserRequired.Error;
        }

        var checks = new Checks(limits);
        var label = checks.Label("emoji", emoji, MaxEmojiLength);
        if (label.Any(char.IsWhiteSpace) || !IsUnicode(label))
        {
            checks.Add("emoji", "must be one emoji, or a short name without spaces.");
        }

        if (checks.Error is { } error)
        {
            return error;
        }

        return await access.CommitAsync(
            caller,
            message.ConversationId,
            Question,
            new ReactionChange(
                ChangeOrigin.Of(caller.Actor), message.Id, new ReactionKey(user, label), stands, MaxKinds),
            CommitConditions.None,
            cancellationToken);
    }

    // A path can hold half of a surrogate pair, which is no text.
    private static bool IsUnicode(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (System.Text.Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}
