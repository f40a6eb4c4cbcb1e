using Caas.Domain.Callers;
using Caas.Domain.Errors;
using Caas.Domain.Events;
using Caas.Domain.Validation;

namespace Caas.Domain.Clients;

/// <summary>Changes what people call a client, or whom the operator writes to.</summary>
public sealed class UpdateClient(IClientStore clients, LimitsOptions limits)
{
    /// <summary>Changes what is said and leaves the rest; <c>validation_failed</c>, <c>not_found</c>, <c>precondition_failed</c>.</summary>
    public async ValueTask<Result<Client>> ExecuteAsync(
        Caller caller, UpdateClientInput input, string? etag, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        var name = input.Name is null ? null : checks.Name("name", input.Name, required: true);
        var email = input.Email is null ? null : EmailRule.Check(checks, "email", input.Email);
        return checks.Error is { } error
            ? error
            : await clients.UpdateAsync(
                caller.ClientId, name, email, etag, ChangeOrigin.Of(caller.Actor), cancellationToken);
    }
}

/// <summary>The body of <c>PATCH /api/clients/me</c>.</summary>
/// <param name="Name">What people call the client; left out, as it is.</param>
/// <param name="Email">Whom the operator writes to; left out, as it is.</param>
public sealed record UpdateClientInput(string? Name, string? Email);
