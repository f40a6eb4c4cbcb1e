using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Caas.SocketIO;

/// <summary>Maps the server's endpoint.</summary>
public static class SocketIOEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves Engine.IO at the path, for every method: GET, POST, OPTIONS, CONNECT (a WebSocket over HTTP/2), and a 400
    /// with an Engine.IO error for others. Needs neither the WebSocket middleware nor one for CORS. When the host stops, the
    /// connections are closed as <see cref="SocketCloseReason.ServerStopping"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">An option is out of range.</exception>
    public static IEndpointConventionBuilder MapSocketIO(this IEndpointRouteBuilder endpoints, string pattern = "/socket.io/")
    {
        var server = endpoints.ServiceProvider.GetRequiredService<SocketIOServer>();
        var lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Register(() => _ = server.StopWithHostAsync());

        return endpoints.Map(pattern, new RequestDelegate(server.HandleAsync)).WithDisplayName("Socket.IO");
    }
}
