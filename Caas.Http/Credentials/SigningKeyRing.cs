using System.Security.Cryptography;
using Caas.Domain.Ids;
using Caas.Domain.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace Caas.Http.Credentials;

/// <summary>
/// The deployment's signing keys, from memory, read again every few seconds. A new key is published for a while before
/// it signs, and an old one for as long as a token of it can live, so that a rotation fails no request. Thread-safe.
/// </summary>
public sealed class SigningKeyRing(ISigningKeyStore store, IIdSource ids, TimeProvider clock, TokensOptions options) : IDisposable
{
    /// <summary>How old the keys in memory may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _refresh = new(1, 1);
    private volatile Snapshot? _snapshot;

    /// <summary>The key that signs now; made where there is none, or where the newest is at its end.</summary>
    public async ValueTask<RingKey> GetSignerAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var snapshot = await GetAsync(MaxAge, cancellationToken);
        if (IsDue(snapshot, now))
        {
            await TryRotateAsync(snapshot.Newest?.Key, now, cancellationToken);
            snapshot = await GetAsync(TimeSpan.Zero, cancellationToken);
        }

        return snapshot.Keys.LastOrDefault(key => key.Key.SignsFrom <= now) ?? snapshot.Keys[^1];
    }

    /// <summary>
    /// The key of this id; null where it is unknown or retired. For an id that is not in memory the store is asked, but
    /// not twice in a second, so that made-up ids cost nothing.
    /// </summary>
    public async ValueTask<RingKey?> FindAsync(string keyId, CancellationToken cancellationToken) =>
        Find(await GetAsync(MaxAge, cancellationToken), keyId)
        ?? Find(await GetAsync(MinAge, cancellationToken), keyId);

    /// <summary>Every published key, oldest first.</summary>
    public async ValueTask<IReadOnlyList<RingKey>> ListAsync(CancellationToken cancellationToken) =>
        (await GetAsync(MaxAge, cancellationToken)).Keys;

    /// <summary>
    /// Adds a key now, and gives it; of nodes that do so at the same time one adds, and all give the same. It signs after
    /// the lead time (the first one at once); the others retire when the last token that they may sign until then has ended.
    /// </summary>
    public async ValueTask<SigningKey> RotateAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var present = await store.ListAsync(now, cancellationToken);
        await TryRotateAsync(present.Count > 0 ? present[^1] : null, now, cancellationToken);
        return (await GetAsync(TimeSpan.Zero, cancellationToken)).Keys[^1].Key;
    }

    /// <summary>Adds a key where the newest is at its end; for a schedule, so that no request has to.</summary>
    public async ValueTask RotateWhenDueAsync(CancellationToken cancellationToken) => _ = await GetSignerAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _refresh.Dispose();

    private static RingKey? Find(Snapshot snapshot, string keyId) => snapshot.Keys.FirstOrDefault(key => key.Key.Id == keyId);

    private bool IsDue(Snapshot snapshot, DateTimeOffset now) =>
        snapshot.Newest is not { } newest || newest.Key.CreatedAt + options.SigningKeyLifetime <= now;

    // Only where the newest key is still the one that was seen: whoever comes second changes nothing.
    private async ValueTask TryRotateAsync(SigningKey? seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The order of the keys is that of their times: none may have the millisecond of the one before it.
        var createdAt = seen is not null && now < seen.CreatedAt + Tick ? seen.CreatedAt + Tick : now;
        var signsFrom = seen is null ? now : now + options.SigningKeyLeadTime;
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new SigningKey(ids.Next().ToString("N"), pair.ExportPkcs8PrivateKey(), createdAt, signsFrom, RetiresAt: null);

        // A node may sign with the old key until it has read of the new one.
        var othersRetireAt = signsFrom + MaxAge + options.AccessLifetime;
        await store.TryAddAsync(key, seen?.Id, othersRetireAt, cancellationToken);
    }

    private ValueTask<Snapshot> GetAsync(TimeSpan maxAge, CancellationToken cancellationToken) =>
        _snapshot is { } snapshot && clock.GetElapsedTime(snapshot.ReadAt) < maxAge
            ? new ValueTask<Snapshot>(snapshot)
            : ReadAsync(maxAge, cancellationToken);

    private async ValueTask<Snapshot> ReadAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        await _refresh.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited here takes what was read meanwhile.
            if (_snapshot is { } fresh && (fresh.ReadAt > asked || clock.GetElapsedTime(fresh.ReadAt) < maxAge))
            {
                return fresh;
            }

            var readAt = clock.GetTimestamp();
            var known = _snapshot?.Keys.ToDictionary(key => key.Key.Id, key => key.Security, StringComparer.Ordinal) ?? [];
            var stored = await store.ListAsync(clock.GetUtcNow(), cancellationToken);
            var keys = stored.Select(key => RingKey.Of(key, known.GetValueOrDefault(key.Id))).ToList();
            return _snapshot = new Snapshot(keys, readAt);
        }
        finally
        {
            _refresh.Release();
        }
    }

    private sealed record Snapshot(IReadOnlyList<RingKey> Keys, long ReadAt)
    {
        public RingKey? Newest => Keys.Count > 0 ? Keys[^1] : null;
    }
}

/// <summary>A signing key, ready for use.</summary>
/// <param name="Key">As it is kept.</param>
/// <param name="Security">For the JWT library.</param>
/// <param name="Public">The two coordinates of the public point.</param>
public sealed record RingKey(SigningKey Key, ECDsaSecurityKey Security, ECPoint Public)
{
    /// <summary>Reads a kept key, with what was made of it before where that is known.</summary>
    public static RingKey Of(SigningKey key, ECDsaSecurityKey? known)
    {
        // The pair lives as long as the ring's snapshots that hold it; it is released with the last of them.
        var security = known ?? new ECDsaSecurityKey(Import(key)) { KeyId = key.Id };
        return new RingKey(key, security, security.ECDsa.ExportParameters(includePrivateParameters: false).Q);
    }

    private static ECDsa Import(SigningKey key)
    {
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(key.PrivateKey.Span, out _);
        return pair;
    }
}
