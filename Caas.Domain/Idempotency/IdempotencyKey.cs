using Caas.Domain.Errors;
using Caas.Domain.Ids;

namespace Caas.Domain.Idempotency;

/// <summary>A caller's idempotency key.</summary>
/// <param name="Caller">The user or API key; keys of different callers never meet.</param>
/// <param name="Key">1 to 128 visible ASCII characters.</param>
/// <param name="Fingerprint">SHA-256 over method, path and body.</param>
public sealed record IdempotencyKey(string Caller, string Key, ReadOnlyMemory<byte> Fingerprint);

/// <summary>The request's idempotency key, kept in the same write as its effect.</summary>
/// <typeparam name="TOutcome">What the write gives.</typeparam>
/// <param name="Key">Caller and key.</param>
/// <param name="Render">Makes the answer that a repeated request gets; called inside the write, pure.</param>
public sealed record IdempotentWrite<TOutcome>(IdempotencyKey Key, Func<TOutcome, StoredAnswer> Render);

/// <summary>An answer that is kept to be given again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON.</param>
/// <param name="Etag">The entity tag; null where it had none.</param>
/// <param name="Location">The <c>Location</c>; null where it had none.</param>
public sealed record StoredAnswer(int Status, ReadOnlyMemory<byte> Body, string? Etag, string? Location);

/// <summary>
/// The answers of writes that carried an idempotency key, for 24 hours. They are written by the writes themselves; of
/// parallel duplicates the later write answers <see cref="Error.AnsweredBefore"/>. Thread-safe.
/// </summary>
public interface IIdempotencyStore
{
    /// <summary>
    /// The answer that the key got before; null where it is new; <c>idempotency_key_reused</c> where it came with
    /// another fingerprint.
    /// </summary>
    ValueTask<Result<StoredAnswer?>> FindAsync(ClientId clientId, IdempotencyKey key, CancellationToken cancellationToken);
}
