using System.Globalization;
using System.Text.Json;
using Caas.Domain.Ids;

namespace Caas.Domain.Conversations;

/// <summary>The state of a conversation that a commit decides by and replaces.</summary>
public sealed record ConversationHead
{
    /// <summary>The id.</summary>
    public required ConversationId Id { get; init; }

    /// <summary>Its kind.</summary>
    public required ConversationType Type { get; init; }

    /// <summary>For a direct conversation, its two users in order: unique in the client.</summary>
    public string? DirectKey { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>What a new member sees of the past.</summary>
    public required HistoryAccess History { get; init; }

    /// <summary>Whether it takes ciphertext only.</summary>
    public bool Encrypted { get; init; }

    /// <summary>The client's own words about it.</summary>
    public JsonElement? Attributes { get; init; }

    /// <summary>How many members it has.</summary>
    public int MemberCount { get; init; }

    /// <summary>How many of them are owners.</summary>
    public int OwnerCount { get; init; }

    /// <summary>The number of the newest message; 0 where there is none.</summary>
    public long LastSequence { get; init; }

    /// <summary>The number of the newest change; 0 before the first.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The version of the newest change that can alter who may do what: a member's, the settings' or the deletion.
    /// </summary>
    public long MembersVersion { get; init; }

    /// <summary>The version of the newest change of the settings.</summary>
    public long SettingsVersion { get; init; }

    /// <summary>The Merkle tree over the messages' leaves, as far as the next append needs it.</summary>
    public MerkleFrontier Leaves { get; init; } = MerkleFrontier.Empty;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its newest change was made; never goes back.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted; null while it lives. A deleted one takes no change.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The conversation as everybody sees it.</summary>
    public Conversation ToConversation() => new()
    {
        Id = Id,
        Type = Type,
        Name = Name,
        History = History,
        Encrypted = Encrypted,
        Attributes = Attributes,
        MemberCount = MemberCount,
        LastSequence = LastSequence,
        Version = Version,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Etag = SettingsVersion.ToString(CultureInfo.InvariantCulture),
    };
}
