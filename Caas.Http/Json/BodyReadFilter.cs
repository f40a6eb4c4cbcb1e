using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Json;

/// <summary>Refuses a body that could not be read at all: 415, 413, 400. Comes before what the path names is looked up.</summary>
internal sealed class BodyReadFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IJsonBody { Error: { Code.Status: not StatusCodes.Status422UnprocessableEntity } error })
            {
                return new(new ProblemResult(error));
            }
        }

        return next(context);
    }
}
