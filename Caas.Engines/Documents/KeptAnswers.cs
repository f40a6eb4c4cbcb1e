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

    /// <summary>Looks in the client's own database, and then, for applications and keys, in the platform's.</summary>
    public static async ValueTask<Result<StoredAnswer?>> FindAsync(
        ClientId clientId, IdempotencyKey key, Func<DatabaseName, IdempotencyKey, ValueTask<Result<StoredAnswer?>>> findIn)
    {
        var own = await findIn(DatabaseName.Of(clientId), key);
        return own.Error is null && own.Value is null
            ? await findIn(DatabaseName.Platform, InPlatform(clientId, key))
            : own;
    }

    /// <summary>Inside a write: why it must not happen; null where it may.</summary>
    public static Error? Refuse(Result<StoredAnswer?> found) =>
        found.Error ?? (found.Value is { } answer ? Error.AnsweredBefore(answer) : null);
}
