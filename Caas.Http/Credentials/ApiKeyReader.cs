using System.Collections.Frozen;
using System.Security.Cryptography;
using Caas.Domain.Caching;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;

namespace Caas.Http.Credentials;

/// <summary>
/// Reads API keys. A key is looked up once and kept for a minute in a bounded cache, out of which a revocation or
/// rotation takes it at once. Thread-safe.
/// </summary>
internal sealed class ApiKeyReader
{
    private const int CachedKeys = 10_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private static readonly Error Invalid = new(ErrorCatalogue.InvalidCredential, "The API key is not valid.");
    private static readonly Error Expired = new(ErrorCatalogue.CredentialExpired, "The API key has expired.");

    private readonly GenerationalCache<string, CachedKey> _keys = new(CachedKeys);
    private readonly IApiKeyStore _store;
    private readonly Revocations _revocations;
    private readonly TimeProvider _clock;

    // How many revocations of keys came. What was read before the last of them may be what it revoked.
    private long _generation;

    public ApiKeyReader(IApiKeyStore store, Revocations revocations, TimeProvider clock)
    {
        _store = store;
        _revocations = revocations;
        _clock = clock;
        revocations.OnAdded(Forget);
    }

    /// <summary>The caller of a key; <c>invalid_credential</c>, <c>credential_expired</c>.</summary>
    public async ValueTask<Result<Caller>> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(text, out var presented))
        {
            return Invalid;
        }

        var found = await FindAsync(presented!.PublicPart, cancellationToken);
        if (found is not { Stored.RevokedAt: null }
            || !CryptographicOperations.FixedTimeEquals(presented.SecretHash(), found.Stored.SecretHash.Span))
        {
            return Invalid;
        }

        var now = _clock.GetUtcNow();
        if (found.Stored.Key.ExpiresAt <= now)
        {
            return Expired;
        }

        _store.NoteUse(found.Stored.ClientId, found.Stored.Key.Id, now);
        return found.Caller;
    }

    private async ValueTask<CachedKey?> FindAsync(string publicPart, CancellationToken cancellationToken)
    {
        if (_keys.TryGet(publicPart, out var cached) && IsFresh(cached))
        {
            return cached;
        }

        var generation = Volatile.Read(ref _generation);
        var readAt = _clock.GetTimestamp();
        var stored = await _store.FindByPublicPartAsync(publicPart, cancellationToken);
        if (stored is null)
        {
            return null;
        }

        var caller = new Caller
        {
            ClientId = stored.ClientId,
            ApplicationId = stored.Key.ApplicationId,
            KeyId = stored.Key.Id,
            Scopes = stored.Key.Scopes.ToFrozenSet(StringComparer.Ordinal),
            ExpiresAt = stored.Key.ExpiresAt,
        };
        var read = new CachedKey(stored, caller, readAt, generation);
        _keys.Set(publicPart, read);
        return read;
    }

    private bool IsFresh(CachedKey cached) =>
        cached.Generation == Volatile.Read(ref _generation)
        && _revocations.IsCurrent
        && _clock.GetElapsedTime(cached.ReadAt) < MaxAge;

    // The log names the key by its id, the cache by the part that is sent: revocations are rare enough to forget all.
    // A number, because clearing the cache would miss what is being read at this moment.
    private void Forget(Revocation revocation)
    {
        if (revocation.Kind is RevocationKind.Key or RevocationKind.Client)
        {
            Interlocked.Increment(ref _generation);
        }
    }

    private sealed record CachedKey(StoredApiKey Stored, Caller Caller, long ReadAt, long Generation);
}
