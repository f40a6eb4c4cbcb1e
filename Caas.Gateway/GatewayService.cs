using Caas.Domain.Applications;
using Caas.Domain.Clients;
using Caas.Domain.Keys;
using Caas.Domain.Tokens;
using Caas.Domain.Users;
using Caas.Gateway.Applications;
using Caas.Gateway.Clients;
using Caas.Gateway.Demo;
using Caas.Gateway.Keys;
using Caas.Gateway.Platform;
using Caas.Gateway.Reference;
using Caas.Gateway.Tokens;
using Caas.Gateway.Users;
using Caas.Http;

namespace Caas.Gateway;

/// <summary>The edge and the control plane: clients, applications, keys, users, tokens, the operator and the API reference.</summary>
public static class GatewayService
{
    /// <summary>Registers the service; the engines and the clock are the host's.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services) => services
        .AddCaasHttp()
        .AddApiJson(GatewayJson.Default)
        .AddClients()
        .AddApplications()
        .AddKeys()
        .AddTokens()
        .AddUsers()
        .AddClientLimits()
        .AddDeadLetters()
        .AddReference();

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var registration = routes.ServiceProvider.GetRequiredService<RegistrationOptions>();
        return routes
            .MapClients(registration)
            .MapApplications()
            .MapKeys()
            .MapUsers()
            .MapTokens()
            .MapSessions()
            .MapPlatform()
            .MapClientLimits()
            .MapDeadLetters()
            .MapWellKnown()
            .MapReference()
            .MapDemo(registration);
    }

    private static IServiceCollection AddClients(this IServiceCollection services) => services
        .AddSingleton(static provider => RegistrationOptions.Read(
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IHostEnvironment>().IsDevelopment()))
        .AddSingleton<RegisterClient>()
        .AddSingleton<UpdateClient>()
        .AddSingleton<DeleteClient>()
        .AddSingleton<EraseClients>()
        .AddHostedService<ClientErasure>();

    private static IServiceCollection AddApplications(this IServiceCollection services) => services
        .AddSingleton<CreateApplication>()
        .AddSingleton<UpdateApplication>()
        .AddSingleton<DeleteApplication>();

    private static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton<ApiKeyFactory>()
        .AddSingleton<CreateKey>()
        .AddSingleton<RotateKey>();

    private static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<PutUsers>()
        .AddSingleton<EraseUser>();

    private static IServiceCollection AddTokens(this IServiceCollection services) => services
        .AddSingleton<MintTokens>()
        .AddSingleton<SessionOwners>()
        .AddSingleton<EndSessions>()
        .AddSingleton<RefreshSession>()
        .AddSingleton<RevokeTokens>()
        .AddHostedService<SigningKeyRotation>();
}
