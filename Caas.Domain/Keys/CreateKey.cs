using Caas.Domain.Applications;
using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Ids;
using Caas.Domain.Validation;

namespace Caas.Domain.Keys;

/// <summary>Makes another API key, which may do no more than the one that asks.</summary>
public sealed class CreateKey(
    IApiKeyStore keys, IApplicationStore applications, ApiKeyFactory factory, TimeProvider clock, LimitsOptions limits)
{
    /// <summary>
    /// Makes it; <c>validation_failed</c>, <c>not_found</c> for an unknown application, <c>insufficient_scope</c> for
    /// more than the caller may do.
    /// </summary>
    public async ValueTask<Result<NewApiKey>> ExecuteAsync(Caller caller, CreateKeyInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var applicationId = checks.Id<AppId>("applicationId", input.ApplicationId);
        var name = checks.Name("name", input.Name, required: true);
        var scopes = ScopeRule.Check(checks, "scopes", input.Scopes) ?? ScopeRule.InOrder(caller.Scopes);
        if (input.ExpiresAt <= clock.GetUtcNow())
        {
            checks.Add("expiresAt", "must be in the future.");
        }

        if (checks.Error is { } error)
        {
            return error;
        }

        if (await applications.FindAsync(caller.ClientId, applicationId, cancellationToken) is not { } application)
        {
            return Error.NotFound;
        }

        if (ScopeRule.Escalation(caller, scopes) is { } refusal)
        {
            return refusal;
        }

        var (key, secret) = factory.Create(caller.ClientId, application, name!, scopes, input.ExpiresAt);
        await keys.AddAsync(key, ChangeOrigin.Of(caller.Actor), cancellationToken);
        return NewApiKey.Of(key.Key, secret);
    }
}

/// <summary>The body of <c>POST /api/keys</c>.</summary>
/// <param name="ApplicationId">The application that it belongs to.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do, at most what the caller may; left out, the same.</param>
/// <param name="ExpiresAt">When it ends; left out, it does not.</param>
public sealed record CreateKeyInput(
    string? ApplicationId, string? Name, IReadOnlyList<string?>? Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A new API key with its secret: shown once.</summary>
/// <param name="Id">The id.</param>
/// <param name="Key">The whole key, as it is sent in <c>Authorization: Bearer</c>: never shown again.</param>
/// <param name="ApplicationId">The application that it belongs to.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; absent where it does not.</param>
public sealed record NewApiKey(
    KeyId Id,
    string Key,
    AppId ApplicationId,
    string Name,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    [property: System.Text.Json.Serialization.JsonIgnore(
        Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    DateTimeOffset? ExpiresAt)
{
    /// <summary>The key with its secret.</summary>
    public static NewApiKey Of(ApiKey key, string secret) =>
        new(key.Id, secret, key.ApplicationId, key.Name, key.Scopes, key.CreatedAt, key.ExpiresAt);
}
