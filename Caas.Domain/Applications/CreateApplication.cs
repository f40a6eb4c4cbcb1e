using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Idempotency;
using Caas.Domain.Ids;
using Caas.Domain.Keys;
using Caas.Domain.Validation;

namespace Caas.Domain.Applications;

/// <summary>Makes another application of a client.</summary>
public sealed class CreateApplication(IApplicationStore applications, IIdSource ids, TimeProvider clock, LimitsOptions limits)
{
    /// <summary>Makes it; <c>validation_failed</c>, <c>idempotency_key_reused</c>.</summary>
    public async ValueTask<Result<Application>> ExecuteAsync(
        Caller caller,
        CreateApplicationInput input,
        IdempotentWrite<Application>? idempotency,
        CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var name = checks.Name("name", input.Name, required: true);
        var label = checks.OneOf(
            "label", input.Label, ApiKeyFactory.Live, (ApiKeyFactory.Live, ApiKeyFactory.Live), (ApiKeyFactory.Test, ApiKeyFactory.Test));
        var origins = AllowedOrigins.Check(checks, "allowedOrigins", input.AllowedOrigins) ?? [];
        if (checks.Error is { } error)
        {
            return error;
        }

        var application = new Application
        {
            Id = AppId.From(ids.Next()),
            Name = name!,
            Label = label,
            AllowedOrigins = origins,
            CreatedAt = clock.GetUtcNow(),
            Etag = "1",
        };
        return await applications.AddAsync(
            caller.ClientId, application, ChangeOrigin.Of(caller.Actor), idempotency, cancellationToken);
    }
}

/// <summary>The body of <c>POST /api/applications</c>.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Label"><c>live</c> (the default) or <c>test</c>: how its keys are marked.</param>
/// <param name="AllowedOrigins">The web origins from which its credentials may be used; left out, none.</param>
public sealed record CreateApplicationInput(string? Name, string? Label, IReadOnlyList<string?>? AllowedOrigins);
