using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Domain.Ids;
using Caas.Domain.Validation;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Platform;

/// <summary>The endpoints of the limits that one client has of its own.</summary>
internal static class ClientLimitsApi
{
    public static IServiceCollection AddClientLimits(this IServiceCollection services) => services.AddSingleton<SetClientLimits>();

    public static IEndpointRouteBuilder MapClientLimits(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/platform/clients/{clientId}/limits", "Platform");
        group.MapGet("/", GetAsync).Allow(Access.Platform)
            .Produces<ClientLimitsView>();
        group.MapPut("/", PutAsync).Allow(Access.Platform)
            .Produces<ClientLimitsView>();
        return routes;
    }

    /// <summary>Read a client's limits</summary>
    /// <remarks>What was granted (null where nothing was), and under <c>effective</c> what holds; 0 is no limit.</remarks>
    private static async Task<IResult> GetAsync(
        string clientId, IClientStore clients, LimitsOptions options, CancellationToken cancellationToken) =>
        TypeId.TryParse<ClientId>(clientId, out var id)
        && await clients.FindLimitsAsync(id, cancellationToken) is { } granted
            ? Answer(granted, options)
            : new ProblemResult(Error.NotFound);

    /// <summary>Set a client's limits</summary>
    /// <remarks>
    /// In the place of <c>Caas:Limits:PerUserPerMinute</c> and <c>:PerKeyPerMinute</c>, for this client alone, over HTTP and
    /// on sockets; within a second on every node. What is left out is the deployment's again; 0 is no limit.
    /// </remarks>
    /// <example>{ "perUserPerMinute": 1200 }</example>
    private static async Task<IResult> PutAsync(
        string clientId,
        JsonBody<ClientLimitsInput> body,
        SetClientLimits set,
        Revocations revocations,
        LimitsOptions options,
        CancellationToken cancellationToken)
    {
        if (!TypeId.TryParse<ClientId>(clientId, out var id))
        {
            return new ProblemResult(Error.NotFound);
        }

        var done = await set.ExecuteAsync(id, body.Value, cancellationToken);
        if (!done.TryGet(out var granted, out var error))
        {
            return new ProblemResult(error);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return Answer(granted, options);
    }

    private static ResourceResult<ClientLimitsView> Answer(ClientLimits granted, LimitsOptions options) => new(
        new ClientLimitsView(
            granted.PerUserPerMinute,
            granted.PerKeyPerMinute,
            new EffectiveLimits(
                granted.PerUserPerMinute ?? options.PerUserPerMinute, granted.PerKeyPerMinute ?? options.PerKeyPerMinute)));
}

/// <summary>The limits of one client.</summary>
/// <param name="PerUserPerMinute">What was granted for one user; null for the deployment's.</param>
/// <param name="PerKeyPerMinute">What was granted for one API key; null for the deployment's.</param>
/// <param name="Effective">What holds.</param>
internal sealed record ClientLimitsView(int? PerUserPerMinute, int? PerKeyPerMinute, EffectiveLimits Effective);

/// <summary>The limits that hold.</summary>
/// <param name="PerUserPerMinute">Requests and socket commands a minute of one user; 0 for no limit.</param>
/// <param name="PerKeyPerMinute">Requests a minute with one API key; 0 for no limit.</param>
internal sealed record EffectiveLimits(int PerUserPerMinute, int PerKeyPerMinute);
