using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Json;

/// <summary>Refuses a body of another shape: 422. Comes after what the path names was found.</summary>
internal sealed class BodyShapeFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IJsonBody { Error: { } error })
            {
                return new(new ProblemResult(error));
            }
        }

        return next(context);
    }
}
