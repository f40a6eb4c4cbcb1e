using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;

namespace Caas.Domain.Members;

/// <summary>Removes a member, or leaves.</summary>
public sealed class RemoveMember(ConversationAccess access)
{
    /// <summary>Removes; <c>forbidden</c>, <c>not_found</c>, <c>last_owner</c>, <c>direct_conversation</c>.</summary>
    public ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller, ConversationId conversationId, Member target, CancellationToken cancellationToken) =>
        access.CommitAsync(
            caller,
            conversationId,
            new AccessQuestion(
                target.UserId == caller.UserId ? AccessAction.Leave : AccessAction.RemoveMember, Target: target),
            new MemberRemoval(ChangeOrigin.Of(caller.Actor), target.UserId),
            CommitConditions.None,
            cancellationToken);
}
