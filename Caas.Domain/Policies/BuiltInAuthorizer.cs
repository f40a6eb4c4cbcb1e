using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Microsoft.Extensions.Logging;

namespace Caas.Domain.Policies;

/// <summary>Decides by <see cref="ConversationRules"/>, and logs each refusal under its decision id.</summary>
public sealed partial class BuiltInAuthorizer(IIdSource ids, ILogger<BuiltInAuthorizer> logger) : IAuthorizer
{
    /// <inheritdoc/>
    public ValueTask<Error?> AuthorizeAsync(Caller caller, AccessRequest request, CancellationToken cancellationToken)
    {
        if (ConversationRules.Refusal(request, caller.UserId) is not { } reason)
        {
            return default;
        }

        var decision = DecisionId.From(ids.Next());
        LogRefusal(decision, request.Action, request.Conversation?.Id, reason);
        return new ValueTask<Error?>(new Error(ErrorCatalogue.Forbidden, reason) { DecisionId = decision });
    }

    [LoggerMessage(1001, LogLevel.Information, "{DecisionId}: {Action} in {ConversationId} refused: {Reason}")]
    private partial void LogRefusal(DecisionId decisionId, AccessAction action, ConversationId? conversationId, string reason);
}
