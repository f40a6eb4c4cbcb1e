using System.Net;
using Caas.Http.Credentials;
using Microsoft.AspNetCore.OpenApi;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Caas.Gateway.Proxy;

/// <summary>
/// Passes to messaging what it serves, where it is a process of its own. The gateway adds the limit before
/// authentication and header hygiene; credentials, limits and validation run once, where the endpoint is.
/// </summary>
public static class MessagingProxy
{
    /// <summary>Registers it; its destinations are those of the service <c>messaging</c> (service discovery).</summary>
    public static IServiceCollection AddMessagingProxy(this IServiceCollection services)
    {
        services.AddReverseProxy()
            .LoadFromMemory(MessagingRoutes.Routes, [MessagingRoutes.Cluster])
            .AddTransforms(HeaderHygiene.Apply);

        // It tells of each probe and of each request. What goes wrong, it warns of.
        services.AddLogging(static logging => logging.AddFilter("Yarp", LogLevel.Warning));
        services.AddSingleton<HostLookup>(static (host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton<ProcessAddresses>();
        services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
        services.AddSingleton<ILoadBalancingPolicy, SocketAffinity>();
        services.AddHttpClient(MessagingDescription.ClientName, static client => client.BaseAddress = MessagingRoutes.Service);
        services.AddOptions<OpenApiOptions>("v1").Configure(static options => options.AddDocumentTransformer<MessagingDescription>());
        return services;
    }

    /// <summary>Maps the proxy.</summary>
    public static IEndpointRouteBuilder MapMessagingProxy(this IEndpointRouteBuilder routes)
    {
        routes
            .MapReverseProxy(static pipeline =>
            {
                pipeline.UseMiddleware<Failover>();
                pipeline.UseLoadBalancing();
                pipeline.UsePassiveHealthChecks();
            })
            .WithMetadata(new AccessMetadata(Access.Elsewhere, Scope: null))
            .DisableRequestTimeout();
        return routes;
    }
}
