using Caas.Domain.Events;
using Caas.Domain.Ids;

namespace Caas.Domain.Keys;

/// <summary>
/// The API keys, in the platform's database. A write is durable when it completes, and in one commit with its change in
/// the client's part of the platform's log. Thread-safe.
/// </summary>
public interface IApiKeyStore
{
    /// <summary>The key with these 12 characters, of whichever client, also when it was revoked; null where there is none.</summary>
    ValueTask<StoredApiKey?> FindByPublicPartAsync(string publicPart, CancellationToken cancellationToken);

    /// <summary>A key of this client that was not revoked; null where there is none.</summary>
    ValueTask<ApiKey?> FindAsync(ClientId clientId, KeyId keyId, CancellationToken cancellationToken);

    /// <summary>The keys that were not revoked, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<ApiKey>> ListAsync(ClientId clientId, KeyId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Adds a key, with <c>key.created</c>.</summary>
    ValueTask AddAsync(StoredApiKey key, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a successor, with <c>key.rotated</c>, and ends the old key at a moment (if it does not end earlier); null
    /// where the old one is unknown or revoked.
    /// </summary>
    ValueTask<ApiKey?> RotateAsync(
        KeyId oldKey, StoredApiKey successor, DateTimeOffset oldEndsAt, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>Revokes a key, with <c>key.revoked</c> and an entry of the revocation log; false where it is not there.</summary>
    ValueTask<bool> RevokeAsync(
        ClientId clientId, KeyId keyId, DateTimeOffset at, ChangeOrigin origin, CancellationToken cancellationToken);

    /// <summary>Notes that the key was used; may be late and lost, costs nobody a wait.</summary>
    void NoteUse(ClientId clientId, KeyId keyId, DateTimeOffset at);
}
