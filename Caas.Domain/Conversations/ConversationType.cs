using System.Text.Json.Serialization;

namespace Caas.Domain.Conversations;

/// <summary>The kinds of conversations.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConversationType>))]
public enum ConversationType
{
    /// <summary>Two users, once for each pair, whose members never change.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct = 1,

    /// <summary>Members who are added and removed.</summary>
    [JsonStringEnumMemberName("group")]
    Group = 2,

    /// <summary>A group that is meant for many readers.</summary>
    [JsonStringEnumMemberName("channel")]
    Channel = 3,
}

/// <summary>What a new member sees of the past.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HistoryAccess>))]
public enum HistoryAccess
{
    /// <summary>Every message.</summary>
    [JsonStringEnumMemberName("all")]
    All = 1,

    /// <summary>The messages sent since they joined.</summary>
    [JsonStringEnumMemberName("none")]
    None = 2,
}
