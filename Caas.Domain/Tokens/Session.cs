using System.Text.Json.Serialization;
using Caas.Domain.Ids;

namespace Caas.Domain.Tokens;

/// <summary>One sign-in of one device; its tokens end with it.</summary>
public sealed record Session
{
    /// <summary>The id.</summary>
    public required SessionId Id { get; init; }

    /// <summary>The user.</summary>
    public required UserId UserId { get; init; }

    /// <summary>The device.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>The application whose key minted it.</summary>
    public required AppId ApplicationId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its refresh token ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was ended before its time; null while it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>
/// A session as it is kept. Its refresh tokens are derived from its id and the generation (see
/// <see cref="RefreshTokens"/>), so no secret of it is stored.
/// </summary>
/// <param name="Session">What everybody may see.</param>
/// <param name="Generation">The generation of the refresh token that is good now, from 1.</param>
/// <param name="RotatedAt">When the one before it was used; null while none was.</param>
public sealed record StoredSession(Session Session, int Generation, DateTimeOffset? RotatedAt);
