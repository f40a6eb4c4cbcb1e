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
        group.MapPatch("/me", UpdateAsync).Allow(Access.Key, "clients:write")
            .Produces<Client>();
        group.MapDelete("/me", DeleteAsync).Allow(Access.Key, "clients:write")
            .Produces(StatusCodes.Status204NoContent);
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

    /// <summary>Change my client</summary>
    /// <remarks>What is left out stays as it is. Honours <c>If-Match</c>.</remarks>
    private static async Task<IResult> UpdateAsync(
        RequestCaller who,
        JsonBody<UpdateClientInput> body,
        UpdateClient update,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        var updated = await update.ExecuteAsync(who.Caller, body.Value, etag, cancellationToken);
        return updated.TryGet(out var client, out error)
            ? new ResourceResult<Client>(client, etag: client.Etag)
            : new ProblemResult(error);
    }

    /// <summary>Delete my client</summary>
    /// <remarks>
    /// From this answer on nothing of the client is found and its keys and tokens are refused (within a second on every
    /// node); its sockets close within five. Everything it owned is erased behind, which begins a few seconds later. There
    /// is no way back. Honours <c>If-Match</c>.
    /// </remarks>
    private static async Task<IResult> DeleteAsync(
        RequestCaller who,
        DeleteClient delete,
        Revocations revocations,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IfMatch.Read(request).TryGet(out var etag, out var error))
        {
            return new ProblemResult(error);
        }

        if (await delete.ExecuteAsync(who.Caller, etag, cancellationToken) is { } refusal)
        {
            return new ProblemResult(refusal);
        }

        await revocations.CatchUpAsync(CancellationToken.None);
        return TypedResults.NoContent();
    }
}
