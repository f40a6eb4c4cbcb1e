using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;
using Caas.Domain.Validation;

namespace Caas.Domain.Members;

/// <summary>Gives a member another role.</summary>
public sealed class UpdateMember(ConversationAccess access, LimitsOptions limits)
{
    /// <summary>Changes; <c>validation_failed</c>, <c>forbidden</c>, <c>not_found</c>, <c>last_owner</c>.</summary>
    public async ValueTask<Result<Member>> ExecuteAsync(
        Caller caller, ConversationId conversationId, Member target, UpdateMemberInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        checks.Require("role", input.Role);
        var role = MemberRoleRule.Check(checks, "role", input.Role);
        if (checks.Error is { } error)
        {
            return error;
        }

        var committed = await access.CommitAsync(
            caller,
            conversationId,
            new AccessQuestion(AccessAction.UpdateMember, Target: target, NewRole: role),
            new MemberRoleChange(ChangeOrigin.Of(caller.Actor), target.UserId, role),
            CommitConditions.None,
            cancellationToken);
        return committed.TryGet(out var commit, out error) ? commit.Members[0] : error;
    }
}

/// <summary>The body of <c>PATCH /api/conversations/{id}/members/{userId}</c>.</summary>
/// <param name="Role"><c>owner</c>, <c>admin</c>, <c>member</c> or <c>guest</c>.</param>
public sealed record UpdateMemberInput(string? Role);
