using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Caas.Http.Limits;

/// <summary>Which peers are believed when they say for whom they ask.</summary>
public sealed class ProxyOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Http";

    /// <summary>
    /// IP addresses and networks (<c>10.0.0.0/8</c>) of the reverse proxies whose <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c> count. None by default: the address of a request is its connection's.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate() => KnownProxies
        .Where(proxy => !IPAddress.TryParse(proxy, out _) && !System.Net.IPNetwork.TryParse(proxy, out _))
        .Select(proxy => $"{Section}:{nameof(KnownProxies)}: {proxy} is neither an IP address nor a network such as 10.0.0.0/8.");

    /// <summary>
    /// How the framework reads the headers: from the last hop backwards, as long as the hop is one of these. Null where
    /// there are none, and the headers mean nothing.
    /// </summary>
    public ForwardedHeadersOptions? ToForwardedHeaders()
    {
        if (KnownProxies.Count == 0)
        {
            return null;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };

        // The framework's own list begins with this machine.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in KnownProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        return options;
    }
}
