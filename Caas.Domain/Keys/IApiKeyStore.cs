namespace Caas.Domain.Keys;

/// <summary>The API keys, in the platform's database. Thread-safe.</summary>
public interface IApiKeyStore
{
    /// <summary>The key with these 12 characters, of whichever client, also when it was revoked; null where there is none.</summary>
    ValueTask<StoredApiKey?> FindByPublicPartAsync(string publicPart, CancellationToken cancellationToken);
}
