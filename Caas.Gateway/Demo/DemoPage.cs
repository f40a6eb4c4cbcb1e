using Caas.Gateway.Clients;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Caas.Gateway.Demo;

/// <summary>
/// <c>/demo</c>: two people side by side, so that a newcomer sees a message fly. Static files from this assembly; where
/// anyone may register the page starts by itself, elsewhere it asks for an API key. It talks to nobody but this host.
/// </summary>
internal static class DemoPage
{
    // The page is served with its asset's tag, so that a new version of the product is seen at the next visit.
    private const string CacheControl = "no-cache";

    // No inline script, no inline style, no other origin; connect-src 'self' also covers the WebSocket.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Files =
        ["demo.css", "demo.js", "side.js", "message-list.js", "caas-socket.js", "back-end.js", "dom.js", "icon.svg"];

    public static IEndpointRouteBuilder MapDemo(this IEndpointRouteBuilder routes, RegistrationOptions registration)
    {
        var group = routes.MapGroup("/demo").ExcludeFromDescription();
        var page = DemoFile.Load("index.html")
            .With("{registration}", registration.IsOpen ? "open" : "closed");
        group.MapGet("/", (HttpResponse response) => Serve(response, page));
        foreach (var file in Files.Select(DemoFile.Load))
        {
            group.MapGet(file.Name, (HttpResponse response) => Serve(response, file));
        }

        return routes;
    }

    private static FileContentHttpResult Serve(HttpResponse response, DemoFile file)
    {
        var headers = response.Headers;
        headers.CacheControl = CacheControl;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }
}
