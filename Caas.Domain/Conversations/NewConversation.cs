using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Members;

namespace Caas.Domain.Conversations;

/// <summary>A conversation begins, with its first members. A living direct one of the same two users is the answer instead.</summary>
/// <param name="Origin">Who, and in which trace.</param>
public sealed record NewConversation(ChangeOrigin Origin) : ConversationChange(Origin)
{
    /// <summary>Its kind.</summary>
    public required ConversationType Type { get; init; }

    /// <summary>Its name; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The client's own words; null for none.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>What later members see of the past.</summary>
    public required HistoryAccess History { get; init; }

    /// <summary>The first members, each once.</summary>
    public required IReadOnlyList<NewMember> Members { get; init; }

    /// <inheritdoc/>
    public override ConversationNeeds Needs => new() { DirectKey = DirectKey };

    private string? DirectKey => Type == ConversationType.Direct ? DirectKeyOf(Members[0].UserId, Members[1].UserId) : null;

    /// <summary>The pair as it is unique in the client: the lesser id, a space, the greater.</summary>
    public static string DirectKeyOf(UserId one, UserId other) =>
        string.CompareOrdinal(one.Value, other.Value) < 0 ? $"{one} {other}" : $"{other} {one}";

    /// <inheritdoc/>
    public override Error? Decide(ConversationSlice slice, ConversationCommit commit)
    {
        if (slice.Direct is { } existing)
        {
            commit.Replay(existing);
            return null;
        }

        if (slice.Head is not null)
        {
            return new Error(ErrorCatalogue.Conflict, "There is a conversation with this id.");
        }

        commit.Begin(new ConversationHead
        {
            Id = commit.ConversationId,
            Type = Type,
            DirectKey = DirectKey,
            Name = Name,
            History = History,
            Attributes = Attributes,
            SettingsVersion = 1,
            MembersVersion = 1,
            CreatedAt = commit.Now,
            UpdatedAt = commit.Now,
        });
        commit.Append(EventTypes.ConversationCreated, new EventBody { Conversation = commit.NextConversation });
        commit.Answer([.. Members.Select(member => NewMembers.Join(commit, member))]);
        return null;
    }
}
