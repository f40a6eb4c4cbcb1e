using System.Net;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Caas.Gateway.Proxy;

/// <summary>The addresses behind a service's name, as service discovery knows them now.</summary>
internal sealed class DiscoveredDestinations(ServiceEndpointResolver endpoints) : IDestinationResolver
{
    /// <inheritdoc/>
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal);
        var changes = new List<IChangeToken>();
        foreach (var destination in destinations.Values)
        {
            var service = new Uri(destination.Address);
            var source = await endpoints.GetEndpointsAsync(service.GetLeftPart(UriPartial.Authority), cancellationToken);
            changes.Add(source.ChangeToken);
            foreach (var endpoint in source.Endpoints)
            {
                var address = AddressOf(endpoint.EndPoint, service);
                resolved[address] = destination with { Address = address };
            }
        }

        return new ResolvedDestinationCollection(resolved, new CompositeChangeToken(changes));
    }

    // Configuration gives whole URIs, DNS gives hosts and ports.
    private static string AddressOf(EndPoint endpoint, Uri service) => endpoint switch
    {
        UriEndPoint uri => uri.Uri.AbsoluteUri,
        DnsEndPoint dns => new UriBuilder(service) { Host = dns.Host, Port = PortOf(dns.Port, service) }.Uri.AbsoluteUri,
        IPEndPoint ip => new UriBuilder(service) { Host = ip.Address.ToString(), Port = PortOf(ip.Port, service) }.Uri.AbsoluteUri,
        _ => throw new InvalidOperationException($"Service discovery gave a {endpoint.GetType().Name}."),
    };

    private static int PortOf(int found, Uri service) => found == 0 ? service.Port : found;
}
