using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Caas.Http.Hosting;

/// <summary>
/// One of the host's listeners. It marks its connections, so that what is meant for one of them is not served by another:
/// the port of a request says nothing where ports are picked freely.
/// </summary>
/// <param name="name">What it is called where the host says that it listens.</param>
internal sealed class Listener(string name)
{
    private ListenOptions? _bound;

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>Whether the request came in here.</summary>
    public bool Serves(HttpContext context) => ReferenceEquals(context.Features.Get<Listener>(), this);

    /// <summary>Listens on an address.</summary>
    public void Listen(KestrelServerOptions kestrel, string host, int port)
    {
        kestrel.Listen(AddressOf(host), port, listen =>
        {
            _bound = listen;
            listen.Use(next => connection =>
            {
                // Not an item: the first of these makes a dictionary, which each idle socket would hold.
                connection.Features.Set(this);
                return next(connection);
            });
        });
    }

    /// <summary>The address of a host: a name is the loopback's.</summary>
    public static IPAddress AddressOf(string host) => IPAddress.TryParse(host, out var parsed) ? parsed : IPAddress.Loopback;

    /// <summary>Where it listens, once the host has started.</summary>
    public string Url(string host) => $"http://{host}:{_bound?.IPEndPoint?.Port}";
}
