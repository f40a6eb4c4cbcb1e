using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Policies;

namespace Caas.Domain.Conversations;

/// <summary>Deletes a conversation with all its content.</summary>
public sealed class DeleteConversation(ConversationAccess access)
{
    /// <summary>Deletes; <c>not_found</c>, <c>forbidden</c>, <c>precondition_failed</c>.</summary>
    public ValueTask<Result<ConversationCommit>> ExecuteAsync(
        Caller caller, ConversationId conversationId, string? etag, CancellationToken cancellationToken) =>
        access.CommitAsync(
            caller,
            conversationId,
            new AccessQuestion(AccessAction.DeleteConversation),
            new ConversationDeletion(ChangeOrigin.Of(caller.Actor)),
            CommitConditions.None with { ConversationEtag = etag },
            cancellationToken);
}
