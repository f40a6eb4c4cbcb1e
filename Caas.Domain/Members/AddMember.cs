using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Users;
using Caas.Domain.Validation;

namespace Caas.Domain.Members;

/// <summary>Adds a user to a conversation.</summary>
public sealed class AddMember(ConversationAccess access, IUserStore users, LimitsOptions limits)
{
    /// <summary>
    /// Adds; <c>validation_failed</c>, <c>not_found</c>, <c>forbidden</c>, <c>already_member</c>,
    /// <c>direct_conversation</c>.
    /// </summary>
    public async ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller,
        ConversationId conversationId,
        AddMemberInput input,
        IdempotentWrite<ConversationCommit>? idempotency,
        CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var userId = checks.UserId("userId", input.UserId);
        var role = MemberRoleRule.Check(checks, "role", input.Role);
        if (checks.Error is { } error)
        {
            return error;
        }

        if (await users.FindAsync(caller.ClientId, userId, cancellationToken) is null)
        {
            return Error.Invalid("userId", "is not a user of this client.");
        }

        return await access.CommitAsync(
            caller,
            conversationId,
            new AccessQuestion(AccessAction.AddMembers, NewRole: role),
            new NewMembers(ChangeOrigin.Of(caller.Actor), [new NewMember(userId, role)], limits.MembersPerConversation),
            CommitConditions.None with { Idempotency = idempotency },
            cancellationToken);
    }
}

/// <summary>The body of <c>POST /api/conversations/{id}/members</c>.</summary>
/// <param name="UserId">The user; must exist.</param>
/// <param name="Role"><c>admin</c>, <c>member</c> (the default), <c>guest</c> or <c>owner</c>.</param>
public sealed record AddMemberInput(string? UserId, string? Role);
