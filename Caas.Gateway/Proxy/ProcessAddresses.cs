using System.Net.Sockets;

namespace Caas.Gateway.Proxy;

/// <summary>
/// The processes behind a name. A deployment gives several processes one name, with an address for each; the proxy has to
/// tell them apart, so that a socket that polls stays with its process and one that drains is left.
/// </summary>
internal sealed class ProcessAddresses(HostLookup lookUp)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// An address for each process; the address itself where it names one already, is of this machine, or is not known now.
    /// With TLS too: a certificate is for the name.
    /// </summary>
    public async Task<IReadOnlyList<Uri>> FindAsync(Uri service, CancellationToken cancellationToken)
    {
        if (!NamesMany(service))
        {
            return [service];
        }

        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Patience);
            var found = await lookUp(service.DnsSafeHost, timeout.Token);
            return found.Length == 0 ? [service] : [.. found.Select(address => new UriBuilder(service) { Host = address.ToString() }.Uri)];
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            // Whoever is sent there is told that messaging is away; the next look is soon.
            return [service];
        }
    }

    /// <summary>Whether more processes than one may be behind an address, so that it is worth looking again.</summary>
    public static bool NamesMany(Uri service) =>
        service is { HostNameType: UriHostNameType.Dns, IsLoopback: false } && service.Scheme == Uri.UriSchemeHttp;
}
