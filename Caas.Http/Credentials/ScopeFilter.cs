using Caas.Domain.Errors;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Credentials;

/// <summary>
/// Refuses a kind of credential that can never do this operation: a user's token, a key without the scope, or anything
/// but the platform key.
/// </summary>
internal sealed class ScopeFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var metadata = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>();
        var refusal = metadata switch
        {
            { Access: Access.Platform } => PlatformRefusal(context.HttpContext),
            { Scope: { } scope } => Refusal(context.HttpContext, metadata.Access, scope),
            _ => null,
        };
        return refusal is null ? next(context) : new(new ProblemResult(refusal));
    }

    private static Error? PlatformRefusal(HttpContext context) =>
        ReferenceEquals(context.Features.Get<RequestIdentity>(), RequestIdentity.Platform)
            ? null
            : new Error(ErrorCatalogue.Forbidden, "This needs the platform key.");

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
