using Caas.Domain.Conversations;
using Caas.Domain.Errors;

namespace Caas.Engines.Documents;

/// <summary>What every adapter of <see cref="IConversationLog"/> checks before the change decides.</summary>
internal static class CommitRules
{
    /// <summary>Why the conditions do not hold; null where they do.</summary>
    public static Error? Refuse(CommitConditions conditions, ConversationSlice slice)
    {
        if (conditions is { MembersVersion: null, ConversationEtag: null, MessageEtag: null })
        {
            return null;
        }

        if (slice.Head is not { DeletedAt: null } head)
        {
            return Error.NotFound;
        }

        if (conditions.MembersVersion is { } version && version != head.MembersVersion)
        {
            return ConversationErrors.MembersChanged;
        }

        var etagsHold = (conditions.ConversationEtag is not { } seen || seen == head.ToConversation().Etag)
            && (conditions.MessageEtag is not { } etag || slice.Message is null || etag == slice.Message.Message.Etag);
        return etagsHold ? null : new Error(ErrorCatalogue.PreconditionFailed, "It has changed since it was read.");
    }
}
