using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Messages;

/// <summary>A message as readers and events see it.</summary>
public sealed record Message
{
    /// <summary>The id.</summary>
    public required MessageId Id { get; init; }

    /// <summary>The conversation.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>Its number in the conversation: 1, 2, 3 ... without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Who sent it.</summary>
    public required UserId SenderId { get; init; }

    /// <summary>The sender's own id of it: a repeated send with it stores nothing.</summary>
    public required string ClientMessageId { get; init; }

    /// <summary>The text; null where there is none, and in a tombstone.</summary>
    public required string? Text { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<FileId> Attachments { get; init; }

    /// <summary>The message that it answers; null where it answers none.</summary>
    public required MessageId? ReplyTo { get; init; }

    /// <summary>The users whom it mentions.</summary>
    public required IReadOnlyList<UserId> Mentions { get; init; }

    /// <summary>How many users reacted, by emoji.</summary>
    public required IReadOnlyDictionary<string, ReactionCount> Reactions { get; init; }

    /// <summary>The client's own words about it; null where there are none.</summary>
    public required JsonElement? Attributes { get; init; }

    /// <summary>Its leaf in the conversation's Merkle tree, in lower-case hexadecimal.</summary>
    public required string Leaf { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last edited.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>When it was deleted: it is then a tombstone, without content.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When it was pinned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? PinnedAt { get; init; }

    /// <summary>Changes whenever the message does; for <c>If-Match</c>.</summary>
    public required string Etag { get; init; }

    /// <summary>The message without what a person wrote or attached.</summary>
    public Message WithoutContent() => this with
    {
        Text = null,
        Attachments = [],
        Mentions = [],
        Attributes = null,
    };
}

/// <summary>The users who reacted with one emoji.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mine">Whether the reader is one of them; absent from events.</param>
public sealed record ReactionCount(
    int Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Mine = null);
