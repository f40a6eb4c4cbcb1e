using System.Globalization;
using Caas.Http.Credentials;
using Caas.Http.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caas.Http.Description;

/// <summary>Adds to every operation what its group adds: credentials, headers, and every refusal it can answer with.</summary>
internal sealed class OperationRefusals : IOpenApiOperationTransformer
{
    private const string ProblemSchema = "Problem";

    private static readonly Dictionary<int, string> Words = new()
    {
        [400] = "The body is no JSON, or the cursor is not one of this query.",
        [401] = "No valid credential.",
        [403] = "The caller may not do this.",
        [404] = "Nothing there for this caller.",
        [409] = "It contradicts what is there.",
        [412] = "It has changed since it was read.",
        [413] = "The body is too large.",
        [415] = "The body is not JSON.",
        [422] = "A value is not valid; errors names each by its JSON path.",
        [429] = "Over the limit; Retry-After says when to come again.",
        [503] = "The store cannot be used now, or too much is under way.",
        [504] = "It took too long.",
    };

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<AccessMetadata>().FirstOrDefault() is not { } access)
        {
            return;
        }

        var document = context.Document ?? throw new InvalidOperationException("The operation is of no document.");
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
        {
            document.AddComponent(
                ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(Problem), parameterDescription: null, cancellationToken));
        }

        operation.Responses ??= [];
        foreach (var status in StatusesOf(context, access))
        {
            operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Description = Words[status],
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [Problem.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
                },
            });
        }

        AddHeaders(operation, metadata, access);
        AddSecurity(operation, context, access);
    }

    private static IEnumerable<int> StatusesOf(OpenApiOperationTransformerContext context, AccessMetadata access)
    {
        var method = context.Description.HttpMethod;
        var hasBody = method is "POST" or "PUT" or "PATCH";
        int[] always = [422, 429, 503, 504];
        int[] withCredential = access.Access == Access.Anyone ? [] : [401, 403, 404];
        int[] withBody = hasBody ? [400, 409, 413, 415] : [400];
        int[] withCondition = method is "PUT" or "PATCH" or "DELETE" ? [412] : [];
        return [.. always, .. withCredential, .. withBody, .. withCondition];
    }

    private static void AddHeaders(OpenApiOperation operation, IList<object> metadata, AccessMetadata access)
    {
        operation.Parameters ??= [];
        if (access.Access == Access.UserOrKey)
        {
            operation.Parameters.Add(Header("Caas-User", "For an API key: the user to act for."));
        }

        if (metadata.OfType<IdempotentMetadata>().Any())
        {
            operation.Parameters.Add(Header("Idempotency-Key", "Repeat the request safely for 24 hours: 1 to 128 visible ASCII characters."));
        }
    }

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static void AddSecurity(OpenApiOperation operation, OpenApiOperationTransformerContext context, AccessMetadata access)
    {
        string[] schemes = access.Access switch
        {
            Access.Anyone or Access.Elsewhere => [],
            Access.UserOrKey => ["userToken", "apiKey"],
            Access.Key or Access.Platform => ["apiKey"],
        };
        operation.Security ??= [];
        foreach (var scheme in schemes)
        {
            operation.Security.Add(new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [],
            });
        }
    }
}
