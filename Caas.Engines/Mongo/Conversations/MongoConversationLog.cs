using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Idempotency;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Conversations;

/// <inheritdoc/>
/// <remarks>
/// Commits of a client that wait at the same time share one transaction: one round trip reads what all of them need, the
/// domain decides one after the other, one <c>bulkWrite</c> writes everything, and the commit waits for the majority. The
/// heads and the counter of positions are written on condition that they are as they were read, so that of two nodes one
/// conflicts, reads again and decides again. The client's changes are in one order over all its conversations, as the
/// feed needs it: nodes that write for one client take turns.
/// </remarks>
internal sealed class MongoConversationLog(
    WriteQueues queues, MongoTransactions transactions, MongoReads reads, MongoMetrics metrics, IIdSource ids, TimeProvider clock)
    : IConversationLog
{
    /// <inheritdoc/>
    public ValueTask<Result<ConversationCommit>> CommitAsync(
        ClientId clientId,
        ConversationId conversationId,
        ConversationChange change,
        CommitConditions conditions,
        CancellationToken cancellationToken) =>
        queues.EnqueueAsync(new QueuedCommit(this, clientId, conversationId, change, conditions), cancellationToken);

    /// <summary>Runs a batch and answers each of its commits.</summary>
    internal async Task RunAsync(IReadOnlyList<QueuedCommit> batch)
    {
        metrics.Batched(batch.Count);
        var time = batch[0].Erases ? transactions.LongTime : transactions.Time;
        try
        {
            var decisions = await transactions.RunAsync(batch[0].Database, time, unit => DecideAsync(unit, batch));
            for (var i = 0; i < batch.Count; i++)
            {
                decisions[i].Answer(batch[i]);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the callers hear it: one who is not answered waits for ever.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await RecoverAsync(batch, failure);
        }
    }

    private async Task RecoverAsync(IReadOnlyList<QueuedCommit> batch, Exception failure)
    {
        if (failure is RefusedException || batch.Count == 1)
        {
            foreach (var commit in batch)
            {
                commit.Answer(failure);
            }

            return;
        }

        // The server refuses something of one of them: each in a transaction of its own, so that only that one fails.
        foreach (var commit in batch)
        {
            await RunAsync([commit]);
        }
    }

    private async Task<List<Decision>> DecideAsync(MongoUnit unit, IReadOnlyList<QueuedCommit> batch)
    {
        var now = clock.Now();
        var state = await BatchLoader.LoadAsync(reads, unit.Name, batch, now, unit.Token);
        unit.CountFrom(state.Position);
        var writer = new BatchWriter(unit, state);
        var decisions = new List<Decision>(batch.Count);
        foreach (var queued in batch)
        {
            var decision = Decide(queued, state, now);
            decisions.Add(decision);
            if (decision.Outcome.Value is { } commit)
            {
                await WriteAsync(unit, writer, state, queued, commit, now);
            }
        }

        writer.Finish();
        return decisions;
    }

    private Decision Decide(QueuedCommit queued, BatchState state, DateTimeOffset now)
    {
        if (state.Refuse(queued.Conditions.Idempotency?.Key) is { } answered)
        {
            return new Decision(answered);
        }

        var slice = state.Slice(queued.Id, queued.Needs);
        var commit = new ConversationCommit(queued.ClientId, queued.Id, queued.Change.Origin, now, ids);
        try
        {
            var refusal = CommitRules.Refuse(queued.Conditions, slice) ?? queued.Change.Decide(slice, commit);
            return new Decision(refusal is null ? commit : refusal);
        }
#pragma warning disable CA1031 // A bug in one decision is told to its caller alone: the others of the batch are not refused for it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new Decision(failure);
        }
    }

    private static async Task WriteAsync(
        MongoUnit unit, BatchWriter writer, BatchState state, QueuedCommit queued, ConversationCommit commit, DateTimeOffset now)
    {
        if (!commit.Replayed)
        {
            await writer.AddAsync(commit);
        }

        if (queued.Conditions.Idempotency is { } idempotency)
        {
            // Found again when what the answer shows is erased.
            var answer = idempotency.Render(commit);
            AnswerDocuments.Put(unit, idempotency.Key, answer, now, (commit.Head.Id, commit.Message?.Sequence ?? 0));
            state.Load(idempotency.Key, answer, idempotency.Key.Fingerprint);
        }
    }

    /// <summary>What became of one commit of a batch, told when the batch is durable.</summary>
    private sealed record Decision(Result<ConversationCommit> Outcome)
    {
        private readonly Exception? _failure;

        public Decision(Exception failure)
            : this(default(Result<ConversationCommit>)) => _failure = failure;

        public void Answer(QueuedCommit commit)
        {
            if (_failure is null)
            {
                commit.Complete(Outcome);
            }
            else
            {
                commit.Fail(_failure);
            }
        }
    }
}
