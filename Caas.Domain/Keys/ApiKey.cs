using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Keys;

/// <summary>An API key as everybody may see it: never its secret.</summary>
public sealed record ApiKey
{
    /// <summary>The id.</summary>
    public required KeyId Id { get; init; }

    /// <summary>The application that it belongs to.</summary>
    public required AppId ApplicationId { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do: <see cref="ApiScopes"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; null where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute; null where it never was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>An API key as it is kept.</summary>
/// <param name="Key">What everybody may see.</param>
/// <param name="ClientId">The client.</param>
/// <param name="PublicPart">The 12 characters by which it is looked up.</param>
/// <param name="SecretHash">SHA-256 of the 40 secret characters: they hold 238 random bits, so no slow hash is needed.</param>
/// <param name="RevokedAt">When it was revoked; null while it is not.</param>
public sealed record StoredApiKey(
    ApiKey Key, ClientId ClientId, string PublicPart, ReadOnlyMemory<byte> SecretHash, DateTimeOffset? RevokedAt);
