using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Domain.Events;

namespace Caas.Domain.Conversations;

/// <summary>The settings of a conversation change; what stays the same has no event.</summary>
/// <param name="Origin">Who, and in which trace.</param>
public sealed record ConversationUpdate(ChangeOrigin Origin) : ConversationChange(Origin)
{
    /// <summary>The new name, empty for none; null to leave it.</summary>
    public string? Name { get; init; }

    /// <summary>The new attributes as a whole; null to leave them.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>What members who join from now on see of the past; null to leave it.</summary>
    public HistoryAccess? History { get; init; }

    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (!TryBegin(slice, commit))
        {
            return Error.NotFound;
        }

        var before = commit.Head;
        commit.Update(head => head with
        {
            Name = Name is null ? head.Name : Name.Length == 0 ? null : Name,
            Attributes = Attributes ?? head.Attributes,
            History = History ?? head.History,
        });
        if (IsSame(before, commit.Head))
        {
            commit.Replay(before);
            return null;
        }

        var version = commit.NextVersion;
        commit.Update(head => head with { SettingsVersion = version, MembersVersion = version });
        commit.Append(EventTypes.ConversationUpdated, new EventBody { Conversation = commit.NextConversation });
        return null;
    }

    private static bool IsSame(ConversationHead before, ConversationHead after) =>
        before.Name == after.Name
        && before.History == after.History
        && before.Attributes?.GetRawText() == after.Attributes?.GetRawText();
}
