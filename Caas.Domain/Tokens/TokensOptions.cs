namespace Caas.Domain.Tokens;

/// <summary>How tokens are made.</summary>
public sealed class TokensOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Tokens";

    /// <summary>The <c>iss</c> of access tokens: a name, not an address.</summary>
    public string Issuer { get; set; } = "https://caas.local";

    /// <summary>How long an access token lasts.</summary>
    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a session lasts, with all its refresh tokens.</summary>
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a used refresh token still gives the same successor, for the answer may have been lost.</summary>
    public TimeSpan RefreshReuseWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a new signing key takes over.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a new signing key is published before it signs, so that every node knows it.</summary>
    public TimeSpan SigningKeyLeadTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out _))
        {
            yield return $"{Section}:{nameof(Issuer)}: must be an absolute URI.";
        }

        if (AccessLifetime < TimeSpan.FromSeconds(10) || AccessLifetime > TimeSpan.FromDays(1))
        {
            yield return $"{Section}:{nameof(AccessLifetime)}: must be between 00:00:10 and 1.00:00:00.";
        }

        if (RefreshLifetime < AccessLifetime || RefreshLifetime > TimeSpan.FromDays(400))
        {
            yield return $"{Section}:{nameof(RefreshLifetime)}: must be between the access token's lifetime and 400 days.";
        }

        if (RefreshReuseWindow < TimeSpan.Zero || RefreshReuseWindow > TimeSpan.FromMinutes(1))
        {
            yield return $"{Section}:{nameof(RefreshReuseWindow)}: must be between 00:00:00 and 00:01:00.";
        }

        if (SigningKeyLifetime < TimeSpan.FromHours(1))
        {
            yield return $"{Section}:{nameof(SigningKeyLifetime)}: must be 01:00:00 or more.";
        }

        if (SigningKeyLeadTime < TimeSpan.Zero || SigningKeyLeadTime >= SigningKeyLifetime)
        {
            yield return $"{Section}:{nameof(SigningKeyLeadTime)}: must be between 00:00:00 and the key's lifetime.";
        }
    }
}
