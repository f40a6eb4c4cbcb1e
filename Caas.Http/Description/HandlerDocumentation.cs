using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Caas.Http.Description;

/// <summary>
/// Describes operations by their handlers' own comments, whichever service they are in: the summary, the remarks, the
/// parameters, and the example as that of the body. One place says what an operation does: the code that does it.
/// </summary>
internal sealed class HandlerDocumentation(XmlDocumentation documentation) : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<MethodInfo>().FirstOrDefault() is not { } handler)
        {
            return Task.CompletedTask;
        }

        var comment = documentation.OfMethod(handler);
        operation.Summary = comment.Summary;
        operation.Description = comment.Remarks;
        operation.OperationId = IdOf(handler);
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description ??= DescriptionOf(handler, parameter.Name ?? string.Empty);
        }

        if (comment.Example is { } example && operation.RequestBody?.Content is { } content)
        {
            foreach (var media in content.Values)
            {
                media.Example = JsonNode.Parse(example);
            }
        }

        return Task.CompletedTask;
    }

    // messages.send of MessagesApi.SendAsync
    private static string IdOf(MethodInfo handler)
    {
        var feature = handler.DeclaringType!.Name.Replace("Api", string.Empty, StringComparison.Ordinal);
        var verb = handler.Name.Replace("Async", string.Empty, StringComparison.Ordinal);
        return $"{char.ToLowerInvariant(feature[0])}{feature[1..]}.{char.ToLowerInvariant(verb[0])}{verb[1..]}";
    }

    // A parameter is the handler's own, or a member of the record that gathers a query.
    private string? DescriptionOf(MethodInfo handler, string name)
    {
        var words = WellKnownParameters.DescriptionOf(name);
        foreach (var parameter in handler.GetParameters())
        {
            words = documentation.OfParameter(parameter.ParameterType, name) ?? words;
        }

        return words;
    }
}
