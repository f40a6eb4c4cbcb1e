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
        var refusal = Refusal(context.HttpContext);
        return refusal is null ? next(context) : new(new ProblemResult(refusal));
    }

    /// <summary>Why the credential can never do what the endpoint does; null where it can.</summary>
    public static Error? Refusal(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AccessMetadata>() switch
        {
            { Access: Access.Platform } => PlatformRefusal(context),
            { Scope: { } scope, Access: var access } => Refusal(context, access, scope),
            _ => null,
        };

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
