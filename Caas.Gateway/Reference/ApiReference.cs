using Scalar.AspNetCore;

namespace Caas.Gateway.Reference;

/// <summary>The API's description (OpenAPI 3.1) and the page that shows it, without anything from the internet.</summary>
internal static class ApiReference
{
    public static IServiceCollection AddReference(this IServiceCollection services) => services
        .AddSingleton<XmlDocumentation>()
        .AddOpenApi(options =>
    {
        options.AddDocumentTransformer<DocumentDescription>();
        options.AddOperationTransformer<HandlerDocumentation>();
        options.AddOperationTransformer<OperationRefusals>();
    });

    public static IEndpointRouteBuilder MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference("/docs", options => options
            .WithTitle("CaaS API")
            .WithOpenApiRoutePattern("/openapi/v1.json")
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideDeveloperTools());
        return routes;
    }
}
