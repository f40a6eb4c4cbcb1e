using Caas.Domain.Callers;
using Caas.Domain.Conversations;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;
using Caas.Domain.Messages;

namespace Caas.Domain.Users;

/// <summary>
/// The rest of an erasure: every message that the person sent becomes a tombstone, and they leave every conversation.
/// Can be repeated and interrupted at any point. Someone who was made anew under the same id meanwhile is not touched:
/// only what is older than the erasure goes.
/// </summary>
public sealed class UserErasure(IErasureReader reader, IMemberReader members, IConversationLog log)
{
    private const int PageSize = 100;

    private static readonly ChangeOrigin Myself = new(new Actor(ActorType.System, "erasure"), TraceId: null, TraceParent: null);

    /// <summary>Erases what is older than a moment.</summary>
    public async ValueTask ExecuteAsync(
        ClientId clientId, UserId userId, DateTimeOffset until, CancellationToken cancellationToken)
    {
        ConversationId? after = null;
        while (true)
        {
            var conversations = await reader.ListConversationsAsync(clientId, userId, after, PageSize, cancellationToken);
            foreach (var conversation in conversations)
            {
                await EraseAsync(clientId, userId, conversation, until, cancellationToken);
                after = conversation;
            }

            if (conversations.Count < PageSize)
            {
                return;
            }
        }
    }

    private async ValueTask EraseAsync(
        ClientId clientId, UserId userId, ConversationId conversation, DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (true)
        {
            var messages = await reader.ListMessagesAsync(clientId, userId, conversation, until, PageSize, cancellationToken);
            foreach (var message in messages)
            {
                await CommitAsync(clientId, conversation, new MessageDeletion(Myself, message), cancellationToken);
            }

            if (messages.Count < PageSize)
            {
                break;
            }
        }

        var membership = await members.FindAsync(clientId, conversation, userId, cancellationToken);
        if (membership is { IsActive: true } && membership.Member.JoinedAt <= until)
        {
            await CommitAsync(clientId, conversation, new MemberRemoval(Myself, userId, Erased: true), cancellationToken);
        }
    }

    // What is not there any more needs no erasure; any other refusal is tried again with the whole.
    private async ValueTask CommitAsync(
        ClientId clientId, ConversationId conversation, ConversationChange change, CancellationToken cancellationToken)
    {
        var committed = await log.CommitAsync(clientId, conversation, change, CommitConditions.None, cancellationToken);
        if (!committed.TryGet(out _, out var error) && !ReferenceEquals(error.Code, Errors.ErrorCatalogue.NotFound))
        {
            throw new IOException($"The erasure was refused: {error.Code.Code}.");
        }
    }
}
