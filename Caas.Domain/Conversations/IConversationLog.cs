using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;

namespace Caas.Domain.Conversations;

/// <summary>
/// The one way to change a conversation. A conversation is a log: its changes have the versions 1, 2, 3 ..., its
/// messages the sequence numbers 1, 2, 3 ..., both without gaps or repeats, in one total order that every reader sees.
/// Thread-safe; changes of one conversation are serialized, others go on beside them.
/// </summary>
public interface IConversationLog
{
    /// <summary>
    /// Loads what the change needs, lets it decide, and writes state, changes and idempotency record in one atomic
    /// write. Completes after the write is durable (flushed, or held by a majority): what was answered is never lost,
    /// and what failed gave its numbers back and left nothing.
    /// </summary>
    /// <param name="clientId">The client; its database is made at the first use.</param>
    /// <param name="conversationId">The conversation that changes, or the id of the new one.</param>
    /// <param name="change">What is done.</param>
    /// <param name="conditions">What must hold, checked inside the write.</param>
    /// <param name="cancellationToken">
    /// Stops the wait for a place in the queue. Once the write has begun it is finished, and its result given.
    /// </param>
    /// <returns>
    /// What was written. Or, with nothing written: the change's own refusal; <c>not_found</c> where there is no living
    /// conversation; <see cref="ConversationErrors.MembersChanged"/>; <c>precondition_failed</c>;
    /// <c>idempotency_key_reused</c> and <see cref="Error.AnsweredBefore"/>; <c>overloaded</c> where the queue is full; <c>storage_unavailable</c>, after
    /// which it is unknown whether the write happened, so that a retry carries an id.
    /// </returns>
    ValueTask<Result<ConversationCommit>> CommitAsync(
        ClientId clientId,
        ConversationId conversationId,
        ConversationChange change,
        CommitConditions conditions,
        CancellationToken cancellationToken);
}

/// <summary>What must hold for a commit.</summary>
public sealed record CommitConditions
{
    /// <summary>Nothing but the change's own rules.</summary>
    public static CommitConditions None { get; } = new();

    /// <summary>The <see cref="ConversationHead.MembersVersion"/> by which the caller was allowed; null for none.</summary>
    public long? MembersVersion { get; init; }

    /// <summary>The etag of the conversation that the caller saw; null for any.</summary>
    public string? ConversationEtag { get; init; }

    /// <summary>The etag of the message that the caller saw; null for any.</summary>
    public string? MessageEtag { get; init; }

    /// <summary>Kept with the effect, and answered again; null for none.</summary>
    public IdempotentWrite<ConversationCommit>? Idempotency { get; init; }
}

/// <summary>The answers of a commit that no caller outside ever sees.</summary>
public static class ConversationErrors
{
    /// <summary>The memberships or settings changed since the decision: read again, decide again, commit again.</summary>
    public static Error MembersChanged { get; } =
        new(new ErrorCode("members_changed", 409, "The members changed.", Retryable: true), "The members changed.");
}
