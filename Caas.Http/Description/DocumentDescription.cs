using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caas.Http.Description;

/// <summary>What the whole document says: what the API is, and how to show a credential.</summary>
internal sealed class DocumentDescription : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "CaaS";
        document.Info.Version = "v1";
        document.Info.Description =
            """
            Chat for your product. Register a client, mint tokens for your users, and they talk: over HTTP, and over
            Socket.IO at `/socket.io/`. Refusals are RFC 9457 problem details; `code` is what a program decides by.
            """;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes["apiKey"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, for your own back end. Acts for a user with the header Caas-User.",
        };
        document.Components.SecuritySchemes["userToken"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An access token from POST /api/tokens, for a user's device.",
        };
        return Task.CompletedTask;
    }
}
