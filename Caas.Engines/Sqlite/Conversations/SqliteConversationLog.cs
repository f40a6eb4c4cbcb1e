using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Sqlite.Idempotency;
using Caas.Engines.Sqlite.Storage;

namespace Caas.Engines.Sqlite.Conversations;

/// <inheritdoc/>
/// <remarks>
/// The writer thread of the client's file decides and writes; commits that wait at the same time share one flush. Each
/// sees the effects of those before it, and a failing one is tried again alone.
/// </remarks>
internal sealed class SqliteConversationLog(DatabaseSet databases, IIdSource ids, TimeProvider clock) : IConversationLog
{
    /// <inheritdoc/>
    public ValueTask<Result<ConversationCommit>> CommitAsync(
        ClientId clientId,
        ConversationId conversationId,
        ConversationChange change,
        CommitConditions conditions,
        CancellationToken cancellationToken) =>
        databases.WriteAsync(
            DatabaseName.Of(clientId),
            new Request(this, clientId, conversationId, change, conditions),
            static (file, request) => request.Log.Commit(file, request),
            cancellationToken,
            own: change.Origin.Actor.Type == ActorType.System);

    private Result<ConversationCommit> Commit(DatabaseFile file, Request request)
    {
        var state = ConversationState.Of(file);
        var now = clock.Now();
        var (_, clientId, id, change, conditions) = request;
        if (IdempotencyRows.Refuse(file.Writer, conditions.Idempotency?.Key, now) is { } answered)
        {
            return answered;
        }

        var entry = state.Find(id);
        var slice = SliceReader.Read(file.Writer, state, id, entry?.Head, change.Needs);
        var commit = new ConversationCommit(clientId, id, change.Origin, now, ids);
        if ((CommitRules.Refuse(conditions, slice) ?? change.Decide(slice, commit)) is { } refusal)
        {
            return refusal;
        }

        if (!commit.Replayed)
        {
            ConversationWriter.Write(file, state, entry, commit);
        }

        if (conditions.Idempotency is { } idempotency)
        {
            Keep(file.Writer, idempotency, commit, now);
        }

        return commit;
    }

    private static void Keep(
        Connection connection, IdempotentWrite<ConversationCommit> idempotency, ConversationCommit commit, DateTimeOffset now)
    {
        // Found again when what the answer shows is erased.
        var subject = IdempotencyRows.SubjectOf(commit.Head.Id, commit.Message?.Sequence ?? 0);
        IdempotencyRows.Put(connection, idempotency.Key, idempotency.Render(commit), now, subject);
    }

    private sealed record Request(
        SqliteConversationLog Log, ClientId ClientId, ConversationId Id, ConversationChange Change, CommitConditions Conditions);
}
