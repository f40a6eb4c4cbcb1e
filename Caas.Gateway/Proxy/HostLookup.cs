using System.Net;

namespace Caas.Gateway.Proxy;

/// <summary>Asks for the addresses of a name.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);
