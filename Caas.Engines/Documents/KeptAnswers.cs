using Caas.Domain.Errors;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;

namespace Caas.Engines.Documents;

/// <summary>The rules of the answers that are kept for idempotency keys, the same in every document engine.</summary>
internal static class KeptAnswers
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public static Error UsedForAnother { get; } =
        new(ErrorCatalogue.IdempotencyKeyReused, "The idempotency key was used for another request.");

    /// <summary>The key as the platform's database has it, where callers of all clients meet.</summary>
    public static IdempotencyKey InPlatform(ClientId clientId, IdempotencyKey key) =>
        key with { Caller = $"{clientId} {key.Caller}" };

    /// <summary>Inside a write: why it must not happen; null where it may.</summary>
    public static Error? Refuse(Result<StoredAnswer?> found) =>
        found.Error ?? (found.Value is { } answer ? Error.AnsweredBefore(answer) : null);
}
