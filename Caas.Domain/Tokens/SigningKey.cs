namespace Caas.Domain.Tokens;

/// <summary>A key pair that signs access tokens: ES256 (ECDSA over P-256 with SHA-256, RFC 7518 section 3.4).</summary>
/// <param name="Id">The <c>kid</c>.</param>
/// <param name="PrivateKey">PKCS #8.</param>
/// <param name="CreatedAt">When it was made; published from then on.</param>
/// <param name="SignsFrom">When it begins to sign: after every node has seen it.</param>
/// <param name="RetiresAt">When it stops being published; null while a later key has not replaced it.</param>
public sealed record SigningKey(
    string Id, ReadOnlyMemory<byte> PrivateKey, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset? RetiresAt);

/// <summary>The signing keys, in the platform's database. Thread-safe.</summary>
public interface ISigningKeyStore
{
    /// <summary>Every key that is not past its retirement, oldest first.</summary>
    ValueTask<IReadOnlyList<SigningKey>> ListAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a key; the keys before it retire at <paramref name="othersRetireAt"/> unless they do so earlier. Only where
    /// the newest key is still the one expected (null: there is none), so that of two nodes one rotates; false else.
    /// </summary>
    ValueTask<bool> TryAddAsync(
        SigningKey key, string? expectedNewest, DateTimeOffset? othersRetireAt, CancellationToken cancellationToken);
}
