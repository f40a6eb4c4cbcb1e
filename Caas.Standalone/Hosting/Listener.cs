using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caas.Standalone.Hosting;

/// <summary>
/// The three listeners of the process. Each marks its connections, so that what is meant for one of them is not served by
/// another: the port of a request says nothing where ports are picked freely.
/// </summary>
internal sealed record Listener(string Name)
{
    /// <summary>The API, the sockets and the reference.</summary>
    public static readonly Listener Api = new("api");

    /// <summary>For the operator's Prometheus.</summary>
    public static readonly Listener Metrics = new("metrics");

    /// <summary>The Confluent-compatible registry.</summary>
    public static readonly Listener SchemaRegistry = new("schema-registry");

    /// <summary>Whether the request came in here.</summary>
    public bool Serves(HttpContext context) => ReferenceEquals(context.Features.Get<IConnectionItemsFeature>()?.Items[typeof(Listener)], this);

    /// <summary>Listens on an address.</summary>
    public void Listen(KestrelServerOptions kestrel, string host, int port)
    {
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : IPAddress.Loopback;
        kestrel.Listen(address, port, listen =>
        {
            Bound = listen;
            listen.Use(next => connection =>
            {
                connection.Items[typeof(Listener)] = this;
                return next(connection);
            });
        });
    }

    private ListenOptions? Bound { get; set; }

    /// <summary>Where it listens, once the host has started.</summary>
    public string Url(string host) => $"http://{host}:{Bound?.IPEndPoint?.Port}";
}
