using System.Net;
using System.Net.Sockets;

namespace Caas.ServiceDefaults.Certificates;

/// <summary>Whose certificates are watched: those of the proxy before the product, and of the engines behind it.</summary>
public sealed class CertificateOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Caas:Certificates";

    /// <summary>The servers, as <c>host:port</c>; each is asked for its certificate by a TLS handshake and nothing more.</summary>
    public IList<string> Servers { get; } = [];

    /// <summary>How often each is asked.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long one may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the values, as <c>path: reason</c>; empty where nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        for (var i = 0; i < Servers.Count; i++)
        {
            if (!TryParse(Servers[i], out _))
            {
                yield return $"{Section}:{nameof(Servers)}:{i}: must be host:port, such as chat.example.com:443.";
            }
        }

        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromDays(1))
        {
            yield return $"{Section}:{nameof(Interval)}: must be between 00:00:01 and 1.00:00:00.";
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(1))
        {
            yield return $"{Section}:{nameof(Timeout)}: must be between 00:00:00.1 and 00:01:00.";
        }
    }

    /// <summary>The server of a value that was validated.</summary>
    internal static DnsEndPoint Parse(string text) => TryParse(text, out var server)
        ? server
        : throw new FormatException($"{Section}:{nameof(Servers)}: {text} is not host:port.");

    /// <summary>Reads <c>host:port</c>, also with an IPv6 address in brackets.</summary>
    internal static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DnsEndPoint? server)
    {
        var isUri = Uri.TryCreate($"tls://{text}", UriKind.Absolute, out var uri);
        server = isUri && uri is { Port: > 0, PathAndQuery: "/" or "", UserInfo: "", Fragment: "" } && uri.IdnHost.Length > 0
            ? new DnsEndPoint(uri.IdnHost, uri.Port, AddressFamily.Unspecified)
            : null;
        return server is not null;
    }
}
