using System.Text.Json;
using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Users;

/// <summary>A person of a client's product, under the client's own id.</summary>
public sealed record User
{
    /// <summary>The id, chosen by the client.</summary>
    public required UserId Id { get; init; }

    /// <summary>What people call them; null where nobody said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Where their picture is, an https or http address; null where nobody said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AvatarUrl { get; init; }

    /// <summary><c>user</c>, <c>moderator</c>, <c>admin</c> or the client's own word.</summary>
    public required string Role { get; init; }

    /// <summary>The client's own words about them; the policies read them.</summary>
    public required JsonElement? Attributes { get; init; }

    /// <summary>When they were made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Changes whenever the user does; for <c>If-Match</c>.</summary>
    public required string Etag { get; init; }
}

/// <summary>The roles that mean something to the built-in rules; any other word is the client's own.</summary>
public static class UserRoles
{
    /// <summary>The default.</summary>
    public const string User = "user";

    /// <summary>May delete any message of the conversations that they are a member of.</summary>
    public const string Moderator = "moderator";

    /// <summary>May do what a moderator may, and manage members and settings there.</summary>
    public const string Admin = "admin";
}
