using Caas.Domain.Applications;
using Caas.Domain.Ids;

namespace Caas.Domain.Keys;

/// <summary>Makes API keys.</summary>
public sealed class ApiKeyFactory(IIdSource ids, IEntropy entropy, TimeProvider clock)
{
    /// <summary>The label of an application in use.</summary>
    public const string Live = "live";

    /// <summary>The label of an application for tests.</summary>
    public const string Test = "test";

    /// <summary>A new key of the application, and its text, which is kept nowhere.</summary>
    public (StoredApiKey Key, string Secret) Create(
        ClientId clientId, Application application, string name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt)
    {
        var text = ApiKeyText.Create(application.Label, entropy);
        var key = new ApiKey
        {
            Id = KeyId.From(ids.Next()),
            ApplicationId = application.Id,
            Name = name,
            Scopes = scopes,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = expiresAt,
        };
        return (new StoredApiKey(key, clientId, text.PublicPart, text.SecretHash(), RevokedAt: null), text.ToString());
    }
}
