using Caas.Domain.Clients;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Gateway.Clients;
using Caas.Gateway.Platform;
using Caas.Gateway.Reference;
using Caas.Gateway.Tokens;
using Caas.Gateway.Users;
using Caas.Http;

namespace Caas.Gateway;

/// <summary>The edge and the control plane: clients, users, tokens and the API reference.</summary>
public static class GatewayService
{
    /// <summary>Registers the service; the engines and the clock are the host's.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services) => services
        .AddCaasHttp()
        .AddApiJson(GatewayJson.Default)
        .AddUseCases()
        .AddDeadLetters()
        .AddReference();

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var registration = routes.ServiceProvider.GetRequiredService<RegistrationOptions>();
        return routes.MapClients(registration).MapUsers().MapTokens().MapDeadLetters().MapWellKnown().MapReference();
    }

    private static IServiceCollection AddUseCases(this IServiceCollection services) => services
        .AddSingleton<ApiKeyFactory>()
        .AddSingleton<RegisterClient>()
        .AddSingleton<PutUsers>()
        .AddSingleton<EraseUser>()
        .AddSingleton<MintTokens>();
}
