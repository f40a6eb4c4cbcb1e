using System.Text.Json;
using Caas.Domain.Conversations;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>A message says something else; what it said is kept as a revision.</summary>
/// <param name="Origin">Who, and in which trace.</param>
/// <param name="MessageId">The message.</param>
public sealed record MessageEdit(ChangeOrigin Origin, MessageId MessageId) : MessageChange(Origin, MessageId)
{
    /// <summary>The new text; null to leave it.</summary>
    public string? Text { get; init; }

    /// <summary>The new attributes as a whole; null to leave them.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>The new mentions; null to leave them.</summary>
    public IReadOnlyList<UserId>? Mentions { get; init; }

    private protected override Error? Decide(ConversationSlice slice, StoredMessage stored, ConversationCommit commit)
    {
        var before = stored.Message;
        if (before.DeletedAt is not null)
        {
            return Deleted;
        }

        commit.Write(new InsertRevision(before.Sequence, new Revision(
            stored.Edits + 1, before.Text, before.Attributes, before.Mentions, before.EditedAt ?? before.CreatedAt)));
        Replace(commit, EventTypes.MessageEdited, stored with
        {
            Edits = stored.Edits + 1,
            Message = before with
            {
                Text = Text ?? before.Text,
                Attributes = Attributes ?? before.Attributes,
                Mentions = Mentions ?? before.Mentions,
                EditedAt = commit.Now,
            },
        });
        return null;
    }
}
