using Caas.Domain.Errors;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Credentials;

/// <summary>Refuses a kind of credential that can never do this operation: a user's token, or a key without the scope.</summary>
internal sealed class ScopeFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var metadata = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>();
        var refusal = metadata is { Scope: { } scope } ? Refusal(context.HttpContext, metadata.Access, scope) : null;
        return refusal is null ? next(context) : new(new ProblemResult(refusal));
    }

    private static Error? Refusal(HttpContext context, Access access, string scope)
    {
        var caller = RequestCaller.Of(context);
        if (caller.IsKey)
        {
            return caller.Scopes.Contains(scope)
                ? null
                : new Error(ErrorCatalogue.InsufficientScope, $"The API key needs the scope {scope}.");
        }

        return access == Access.Key
            ? new Error(ErrorCatalogue.Forbidden, "This needs an API key; a user's token cannot do it.")
            : null;
    }
}
