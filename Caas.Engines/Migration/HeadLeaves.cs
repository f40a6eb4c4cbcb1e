using Caas.Domain.Conversations;
using Caas.Domain.Ids;

namespace Caas.Engines.Migration;

/// <summary>What the head of a conversation says of its messages.</summary>
/// <param name="Id">The conversation.</param>
/// <param name="IsDeleted">Whether it was deleted, and its messages with it.</param>
/// <param name="Count">How many messages were sent.</param>
/// <param name="Leaves">The tree over their leaves.</param>
internal sealed record HeadLeaves(ConversationId Id, bool IsDeleted, long Count, MerkleFrontier Leaves);
