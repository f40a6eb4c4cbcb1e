using System.Net;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Caas.Gateway.Proxy;

/// <summary>
/// The addresses behind a service's name, as service discovery and the name server know them now; a name that may have
/// others a moment later is looked up again.
/// </summary>
internal sealed class DiscoveredDestinations(
    ServiceEndpointResolver endpoints, ProcessAddresses processes, TimeProvider clock) : IDestinationResolver
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal);
        var changes = new List<IChangeToken>();
        var mayChange = false;
        foreach (var destination in destinations.Values)
        {
            var service = new Uri(destination.Address);
            var source = await endpoints.GetEndpointsAsync(service.GetLeftPart(UriPartial.Authority), cancellationToken);
            changes.Add(source.ChangeToken);
            foreach (var endpoint in source.Endpoints)
            {
                var named = AddressOf(endpoint.EndPoint, service);
                mayChange |= ProcessAddresses.NamesMany(named);
                foreach (var process in await processes.FindAsync(named, cancellationToken))
                {
                    resolved[process.AbsoluteUri] = destination with { Address = process.AbsoluteUri };
                }
            }
        }

        if (mayChange)
        {
            changes.Add(new CancellationChangeToken(new CancellationTokenSource(LookAgain, clock).Token));
        }

        return new ResolvedDestinationCollection(resolved, new CompositeChangeToken(changes));
    }

    // Configuration gives whole URIs, DNS gives hosts and ports.
    private static Uri AddressOf(EndPoint endpoint, Uri service) => endpoint switch
    {
        UriEndPoint uri => uri.Uri,
        DnsEndPoint dns => new UriBuilder(service) { Host = dns.Host, Port = PortOf(dns.Port, service) }.Uri,
        IPEndPoint ip => new UriBuilder(service) { Host = ip.Address.ToString(), Port = PortOf(ip.Port, service) }.Uri,
        _ => throw new InvalidOperationException($"Service discovery gave a {endpoint.GetType().Name}."),
    };

    private static int PortOf(int found, Uri service) => found == 0 ? service.Port : found;
}
