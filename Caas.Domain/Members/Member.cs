using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Members;

/// <summary>A user in a conversation, as readers and events see them.</summary>
public sealed record Member
{
    /// <summary>The user.</summary>
    public required UserId UserId { get; init; }

    /// <summary>What they are in this conversation.</summary>
    public required MemberRole Role { get; init; }

    /// <summary>When they (last) joined.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>The first sequence number that they may read; 1 where they see all history.</summary>
    public required long FromSequence { get; init; }

    /// <summary>The last sequence number that they read; never in an event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LastReadSequence { get; init; }
}

/// <summary>A membership as it is kept, also after its end.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Member">The member; after the end, as they were.</param>
/// <param name="JoinedVersion">The version of the <c>member.added</c> that began it.</param>
/// <param name="LeftVersion">The version of the <c>member.removed</c> that ended it; null while it lasts.</param>
public sealed record Membership(ConversationId ConversationId, Member Member, long JoinedVersion, long? LeftVersion)
{
    /// <summary>Whether it lasts.</summary>
    public bool IsActive => LeftVersion is null;
}
