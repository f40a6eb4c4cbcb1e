using Caas.Domain.Clients;
using Caas.Domain.Errors;
using Caas.Http;
using Caas.Http.Credentials;
using Caas.Http.Json;
using Caas.Http.Problems;
using Caas.Http.Resources;

namespace Caas.Gateway.Clients;

/// <summary>The endpoints of clients.</summary>
internal static class ClientsApi
{
    public static IEndpointRouteBuilder MapClients(this IEndpointRouteBuilder routes, RegistrationOptions registration)
    {
        var group = routes.MapApi("/api/clients", "Clients");
        group.MapPost("/", RegisterAsync).Allow(registration.IsOpen ? Access.Anyone : Access.Platform)
            .Produces<RegisteredClient>(StatusCodes.Status201Created);
        group.MapGet("/me", GetAsync).Allow(Access.Key, "clients:read")
            .Produces<Client>();
        return routes;
    }

    /// <summary>Register a client</summary>
    /// <remarks>
    /// Makes the client, its first application and an API key with every scope. The key is shown in this answer and never
    /// again. Open to anyone in development, else it needs the platform key.
    /// </remarks>
    /// <example>{ "name": "Acme", "email": "dev@acme.test" }</example>
    private static async Task<IResult> RegisterAsync(
        JsonBody<RegisterClientInput> body, RegisterClient register, CancellationToken cancellationToken)
    {
        var registered = await register.ExecuteAsync(body.Value, cancellationToken);
        return registered.TryGet(out var client, out var error)
            ? new ResourceResult<RegisteredClient>(client, StatusCodes.Status201Created, client.Client.Etag, "/api/clients/me")
            : new ProblemResult(error);
    }

    /// <summary>Read my client</summary>
    private static async Task<IResult> GetAsync(RequestCaller who, IClientStore clients, CancellationToken cancellationToken) =>
        await clients.FindAsync(who.Caller.ClientId, cancellationToken) is { } client
            ? new ResourceResult<Client>(client, etag: client.Etag)
            : new ProblemResult(Error.NotFound);
}
