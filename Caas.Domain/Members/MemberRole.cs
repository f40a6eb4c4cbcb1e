using System.Text.Json.Serialization;

namespace Caas.Domain.Members;

/// <summary>What a member is in one conversation; the permission rules read it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberRole>))]
public enum MemberRole
{
    /// <summary>Reads.</summary>
    [JsonStringEnumMemberName("guest")]
    Guest = 1,

    /// <summary>Reads and writes.</summary>
    [JsonStringEnumMemberName("member")]
    Member = 2,

    /// <summary>Manages members and settings.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin = 3,

    /// <summary>Manages everything; a group or channel that a user made keeps at least one.</summary>
    [JsonStringEnumMemberName("owner")]
    Owner = 4,
}
