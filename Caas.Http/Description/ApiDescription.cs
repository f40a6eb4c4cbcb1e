using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Http.Description;

/// <summary>The API's description, OpenAPI 3.1, of what this process serves.</summary>
public static class ApiDescription
{
    /// <summary>Where it is.</summary>
    public const string Path = "/openapi/v1.json";

    /// <summary>Registers it.</summary>
    public static IServiceCollection AddDescription(this IServiceCollection services) => services
        .AddSingleton<XmlDocumentation>()
        .AddOpenApi(options =>
        {
            options.AddDocumentTransformer<DocumentDescription>();
            options.AddOperationTransformer<HandlerDocumentation>();
            options.AddOperationTransformer<OperationRefusals>();
        });

    /// <summary>Serves it at <see cref="Path"/>.</summary>
    public static IEndpointRouteBuilder MapDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        return routes;
    }
}
