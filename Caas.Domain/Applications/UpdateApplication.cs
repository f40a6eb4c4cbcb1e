using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Validation;

namespace Caas.Domain.Applications;

/// <summary>Changes an application's name or the origins that it lists.</summary>
public sealed class UpdateApplication(IApplicationStore applications, LimitsOptions limits)
{
    /// <summary>Changes what is said and leaves the rest; <c>validation_failed</c>, <c>not_found</c>, <c>precondition_failed</c>.</summary>
    public async ValueTask<Result<Application>> ExecuteAsync(
        Caller caller, AppId applicationId, UpdateApplicationInput input, string? etag, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var name = input.Name is null ? null : checks.Name("name", input.Name, required: true);
        var origins = AllowedOrigins.Check(checks, "allowedOrigins", input.AllowedOrigins);
        return checks.Error is { } error
            ? error
            : await applications.UpdateAsync(caller.ClientId, applicationId, name, origins, etag, cancellationToken);
    }
}

/// <summary>The body of <c>PATCH /api/applications/{id}</c>.</summary>
/// <param name="Name">What people call it; left out, as it is.</param>
/// <param name="AllowedOrigins">All the origins that it shall list; left out, as they are.</param>
public sealed record UpdateApplicationInput(string? Name, IReadOnlyList<string?>? AllowedOrigins);
