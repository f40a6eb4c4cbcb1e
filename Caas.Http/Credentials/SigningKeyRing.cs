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

    private readonly SemaphoreSlim _refresh = new(1, 1);
    private volatile Snapshot? _snapshot;

    /// <summary>The key that signs now; made where there is none, or where the newest is at its end.</summary>
    public async ValueTask<RingKey> GetSignerAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var snapshot = await GetAsync(cancellationToken);
        var newest = snapshot.Keys.Count > 0 ? snapshot.Keys[^1] : null;
        if (newest is null || newest.Key.CreatedAt + options.SigningKeyLifetime <= now)
        {
            await RotateAsync(now, cancellationToken);
            snapshot = await GetAsync(cancellationToken);
        }

        return snapshot.Keys.LastOrDefault(key => key.Key.SignsFrom <= now) ?? snapshot.Keys[^1];
    }

    /// <summary>The key of this id; null where it is unknown or retired. An unknown id is looked up once in a while.</summary>
    public async ValueTask<RingKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var snapshot = await GetAsync(cancellationToken);
        return snapshot.Keys.FirstOrDefault(key => key.Key.Id == keyId);
    }

    /// <summary>Every published key, oldest first.</summary>
    public async ValueTask<IReadOnlyList<RingKey>> ListAsync(CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken)).Keys;

    /// <summary>
    /// Adds a key: it signs after the lead time (the first one at once); the others retire when the last token that they
    /// may sign until then has ended.
    /// </summary>
    public async ValueTask<SigningKey> RotateAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var present = await store.ListAsync(now, cancellationToken);
        var signsFrom = present.Count == 0 ? now : now + options.SigningKeyLeadTime;
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new SigningKey(ids.Next().ToString("N"), pair.ExportPkcs8PrivateKey(), now, signsFrom, RetiresAt: null);
        var othersRetireAt = signsFrom + options.AccessLifetime + MaxAge;
        await store.TryAddAsync(key, present.Count > 0 ? present[^1].Id : null, othersRetireAt, cancellationToken);
        _snapshot = null;
        return key;
    }

    /// <inheritdoc/>
    public void Dispose() => _refresh.Dispose();

    private ValueTask<Snapshot> GetAsync(CancellationToken cancellationToken) =>
        _snapshot is { } snapshot && clock.GetElapsedTime(snapshot.ReadAt) < MaxAge
            ? new ValueTask<Snapshot>(snapshot)
            : ReadAsync(cancellationToken);

    private async ValueTask<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await _refresh.WaitAsync(cancellationToken);
        try
        {
            if (_snapshot is { } fresh && clock.GetElapsedTime(fresh.ReadAt) < MaxAge)
            {
                return fresh;
            }

            var readAt = clock.GetTimestamp();
            var known = _snapshot?.Keys.ToDictionary(key => key.Key.Id, StringComparer.Ordinal) ?? [];
            var stored = await store.ListAsync(clock.GetUtcNow(), cancellationToken);
            var keys = stored.Select(key => known.GetValueOrDefault(key.Id) ?? RingKey.Of(key)).ToList();
            return _snapshot = new Snapshot(keys, readAt);
        }
        finally
        {
            _refresh.Release();
        }
    }

    private sealed record Snapshot(IReadOnlyList<RingKey> Keys, long ReadAt);
}

/// <summary>A signing key, ready for use.</summary>
/// <param name="Key">As it is kept.</param>
/// <param name="Security">For the JWT library.</param>
/// <param name="Public">The two coordinates of the public point.</param>
public sealed record RingKey(SigningKey Key, ECDsaSecurityKey Security, ECPoint Public)
{
    /// <summary>Reads a kept key.</summary>
    public static RingKey Of(SigningKey key)
    {
        // The key lives as long as the ring's snapshots that hold it; the ECDsa object is released with them.
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(key.PrivateKey.Span, out _);
        return new RingKey(key, new ECDsaSecurityKey(pair) { KeyId = key.Id }, pair.ExportParameters(includePrivateParameters: false).Q);
    }
}
