using Caas.Http.Description;
using Scalar.AspNetCore;

namespace Caas.Gateway.Reference;

/// <summary>The API's description and the page that shows it, without anything from the internet.</summary>
internal static class ApiReference
{
    public static IServiceCollection AddReference(this IServiceCollection services) => services.AddDescription();

    public static IEndpointRouteBuilder MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapDescription();
        routes.MapScalarApiReference("/docs", options => options
            .WithTitle("CaaS API")
            .WithOpenApiRoutePattern(ApiDescription.Path)
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideDeveloperTools());
        return routes;
    }
}
