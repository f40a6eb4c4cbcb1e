using Caas.Domain.Ids;

namespace Caas.Domain.Callers;

/// <summary>
/// Who asks, from the credential alone: nothing of a request's path, query or body can change the client or the user.
/// </summary>
public sealed record Caller
{
    /// <summary>The client that the credential belongs to; first argument of every port.</summary>
    public required ClientId ClientId { get; init; }

    /// <summary>The application whose credential it is.</summary>
    public required AppId ApplicationId { get; init; }

    /// <summary>The user who acts: a token's own, or the one named by <c>Caas-User</c>; null for a key alone.</summary>
    public UserId? UserId { get; init; }

    /// <summary>The API key; null for a user's token.</summary>
    public KeyId? KeyId { get; init; }

    /// <summary>The scopes of the API key; empty for a user's token.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = NoScopes;

    /// <summary>The token's session; null for an API key.</summary>
    public SessionId? SessionId { get; init; }

    /// <summary>The token's device; null for an API key.</summary>
    public DeviceId? DeviceId { get; init; }

    /// <summary>When the credential ends; null where it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether an API key was shown, with or without a user to act for.</summary>
    public bool IsKey => KeyId is not null;

    /// <summary>Who events say did it: the user where there is one, else the key.</summary>
    public Actor Actor => UserId is { } user
        ? new Actor(ActorType.User, user.Value)
        : new Actor(ActorType.Key, KeyId.GetValueOrDefault().ToString());

    private static readonly IReadOnlySet<string> NoScopes = new HashSet<string>(StringComparer.Ordinal);
}
