using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Tokens;
using Caas.Domain.Validation;

namespace Caas.Domain.Keys;

/// <summary>Replaces an API key by a successor that may do the same; the old one goes on for a while.</summary>
public sealed class RotateKey(
    IApiKeyStore keys,
    IApplicationStore applications,
    IRevocationLog revocations,
    ApiKeyFactory factory,
    TimeProvider clock,
    LimitsOptions limits)
{
    private const int DefaultOverlapSeconds = 3600;
    private const int MaxOverlapSeconds = 30 * 24 * 3600;

    /// <summary>
    /// Rotates; <c>validation_failed</c>, <c>not_found</c>, <c>insufficient_scope</c> where the key may do more than the
    /// caller, whom the answer shows its secret.
    /// </summary>
    public async ValueTask<Result<NewApiKey>> ExecuteAsync(
        Caller caller, ApiKey old, RotateKeyInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        if (input.OverlapSeconds is < 0 or > MaxOverlapSeconds)
        {
            checks.Add("overlapSeconds", $"must be between 0 and {MaxOverlapSeconds}.");
        }

        if (checks.Error is { } error)
        {
            return error;
        }

        if (ScopeRule.Escalation(caller, old.Scopes) is { } refusal)
        {
            return refusal;
        }

        if (await applications.FindAsync(caller.ClientId, old.ApplicationId, cancellationToken) is not { } application)
        {
            return Error.NotFound;
        }

        var now = clock.GetUtcNow();
        DateTimeOffset? expiresAt = old.ExpiresAt is { } end ? now + (end - old.CreatedAt) : null;
        var (successor, secret) = factory.Create(caller.ClientId, application, old.Name, old.Scopes, expiresAt);
        var oldEndsAt = now + TimeSpan.FromSeconds(input.OverlapSeconds ?? DefaultOverlapSeconds);
        var origin = ChangeOrigin.Of(caller.Actor);
        if (await keys.RotateAsync(old.Id, successor, oldEndsAt, origin, cancellationToken) is null)
        {
            return Error.NotFound;
        }

        // After the commit: nodes that have the old key in memory learn of its end.
        await revocations.AppendAsync(
            new Revocation(caller.ClientId, RevocationKind.Key, old.Id.ToString(), now), CancellationToken.None);
        return NewApiKey.Of(successor.Key, secret);
    }
}

/// <summary>The body of <c>POST /api/keys/{id}/rotate</c>.</summary>
/// <param name="OverlapSeconds">How long the old key goes on: 0 (it leaked) to 30 days; left out, an hour.</param>
public sealed record RotateKeyInput(int? OverlapSeconds);
