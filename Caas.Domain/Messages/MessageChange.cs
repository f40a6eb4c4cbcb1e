using System.Globalization;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>A change of one message that stands.</summary>
public abstract record MessageChange : ConversationChange
{
    private protected MessageChange(ChangeOrigin origin, MessageId messageId)
        : base(origin) => MessageId = messageId;

    /// <summary>The message.</summary>
    public MessageId MessageId { get; }

    /// <inheritdoc/>
    public override ConversationNeeds Needs => new() { Message = MessageId };

    /// <inheritdoc/>
    public sealed override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit) || slice.Message is not { } stored)
        {
            return Error.NotFound;
        }

        return Decide(slice, stored, commit);
    }

    private protected abstract Error? Decide(ConversationSlice slice, StoredMessage stored, ConversationCommit commit);

    private protected static Error Deleted { get; } = new(ErrorCatalogue.MessageDeleted, "The message was deleted.");

    /// <summary>Replaces the message, under the next version as its etag, and appends the change with all of it.</summary>
    private protected static void Replace(ConversationCommit commit, string type, StoredMessage stored)
    {
        var version = commit.NextVersion;
        var message = stored.Message with { Etag = version.ToString(CultureInfo.InvariantCulture) };
        commit.Write(new ReplaceMessage(stored with { Message = message }));
        commit.Write(new LinkChange(message.Sequence, version));
        commit.Append(type, new EventBody { Message = message });
        commit.Answer(message);
    }
}
