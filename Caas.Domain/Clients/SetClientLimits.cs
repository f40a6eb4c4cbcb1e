using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Validation;
using Microsoft.Extensions.Logging;

namespace Caas.Domain.Clients;

/// <summary>Grants a client limits of its own, or takes them back; the operator's alone.</summary>
public sealed partial class SetClientLimits(IClientStore clients, LimitsOptions limits, ILogger<SetClientLimits> logger)
{
    /// <summary>Sets both: what is left out is the deployment's again; <c>validation_failed</c>, <c>not_found</c>.</summary>
    public async ValueTask<Result<ClientLimits>> ExecuteAsync(
        ClientId clientId, ClientLimitsInput input, CancellationToken cancellationToken)
    {
        var checks = new Checks(limits);
        Check(checks, "perUserPerMinute", input.PerUserPerMinute);
        Check(checks, "perKeyPerMinute", input.PerKeyPerMinute);
        if (checks.Error is { } error)
        {
            return error;
        }

        var granted = new ClientLimits(input.PerUserPerMinute, input.PerKeyPerMinute);
        if (!await clients.SetLimitsAsync(clientId, granted, cancellationToken))
        {
            return Error.NotFound;
        }

        LogGranted(clientId, granted.PerUserPerMinute, granted.PerKeyPerMinute);
        return granted;
    }

    private static void Check(Checks checks, string path, int? value)
    {
        if (value < 0)
        {
            checks.Add(path, "must be 0 (no limit) or more.");
        }
    }

    [LoggerMessage(1002, LogLevel.Information, "{ClientId} has limits of its own: a user {PerUser}, a key {PerKey} a minute")]
    private partial void LogGranted(ClientId clientId, int? perUser, int? perKey);
}

/// <summary>The body of <c>PUT /api/platform/clients/{clientId}/limits</c>.</summary>
/// <param name="PerUserPerMinute">Requests and socket commands a minute of one user; 0 for no limit, left out for the deployment's.</param>
/// <param name="PerKeyPerMinute">Requests a minute with one API key; 0 for no limit, left out for the deployment's.</param>
public sealed record ClientLimitsInput(int? PerUserPerMinute, int? PerKeyPerMinute);
