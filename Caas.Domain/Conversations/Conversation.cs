using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Ids;
using Caas.Domain.Messages;

namespace Caas.Domain.Conversations;

/// <summary>A conversation as readers and events see it.</summary>
public sealed record Conversation
{
    /// <summary>The id.</summary>
    public required ConversationId Id { get; init; }

    /// <summary>Its kind.</summary>
    public required ConversationType Type { get; init; }

    /// <summary>Its name; null where it has none.</summary>
    public required string? Name { get; init; }

    /// <summary>What a new member sees of the past.</summary>
    public required HistoryAccess History { get; init; }

    /// <summary>Whether it takes ciphertext only.</summary>
    public required bool Encrypted { get; init; }

    /// <summary>The client's own words about it; null where there are none.</summary>
    public required JsonElement? Attributes { get; init; }

    /// <summary>How many members it has.</summary>
    public required int MemberCount { get; init; }

    /// <summary>The sequence number of the newest message; 0 where there is none.</summary>
    public required long LastSequence { get; init; }

    /// <summary>The version of the newest change, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>The newest message that the reader may see; only in answers to a reader.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Message? LastMessage { get; init; }

    /// <summary>How many messages the reader has not read; only in answers to a member.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UnreadCount { get; init; }

    /// <summary>The reader's read position; only in answers to a member.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LastReadSequence { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its newest change was made.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Changes whenever its settings do; for <c>If-Match</c>.</summary>
    public required string Etag { get; init; }
}
