using Caas.Domain.Conversations;
using Caas.Domain.Ids;
using Caas.Domain.Messages;
using Caas.Engines.Documents;
using Caas.Engines.Mongo.Storage;

namespace Caas.Engines.Mongo.Conversations;

/// <summary>A commit that waits. Those of one client share transactions, but for one that erases, which has its own.</summary>
internal sealed class QueuedCommit(
    MongoConversationLog log, ClientId clientId, ConversationId id, ConversationChange change, CommitConditions conditions)
    : QueuedWrite<ConversationCommit>(DatabaseName.Of(clientId))
{
    public ClientId ClientId => clientId;

    public ConversationId Id => id;

    public ConversationChange Change => change;

    public CommitConditions Conditions => conditions;

    /// <summary>What the decision reads.</summary>
    public ConversationNeeds Needs { get; } = change.Needs;

    /// <summary>Whether it rewrites what was written before.</summary>
    public bool Erases => change is MessageDeletion or ConversationDeletion;

    public override bool Joins(QueuedWrite other) => !Erases && other is QueuedCommit { Erases: false };

    public override Task RunAsync(IReadOnlyList<QueuedWrite> batch) => log.RunAsync([.. batch.Cast<QueuedCommit>()]);
}
