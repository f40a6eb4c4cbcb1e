using Caas.Domain.Errors;
using Caas.Http.Credentials;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Resources;

/// <summary>
/// Refuses what a path names and is not there for the caller: 404. Whose credential can never do the operation is not told
/// even that; the scope filter refuses them whatever the path names.
/// </summary>
internal sealed class PathFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (ScopeFilter.Refusal(context.HttpContext) is not null)
        {
            return next(context);
        }

        foreach (var argument in context.Arguments)
        {
            if (argument is IPathResource { Error: { } error })
            {
                return new(new ProblemResult(error));
            }
        }

        return next(context);
    }
}

/// <summary>What a path names, looked up when the endpoint's parameters are bound.</summary>
public interface IPathResource
{
    /// <summary>Why the caller does not get it; null where they do.</summary>
    Error? Error { get; }
}
