using Caas.Http.Credentials;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Cors;

/// <summary>
/// Refuses a page whose origin the application of the credential does not list; where nobody shows a credential, one that
/// nobody lists. Comes after the credentials.
/// </summary>
internal sealed class OriginCheckMiddleware(RequestDelegate next, OriginPolicy policy)
{
    // Without a page there is nothing to check, and no state machine that a socket would hold as long as it lives.
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.Origin.Count > 0 && context.Features.Get<CorsRequest>() is { } request
            ? CheckAsync(context, request)
            : next(context);

    private async Task CheckAsync(HttpContext context, CorsRequest request)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || await IsAllowedAsync(context, request, origin))
        {
            await next(context);
            return;
        }

        // The page may read that it is refused and why; otherwise its author sees a failed connection.
        request.IsReadable = true;
        await ProblemResult.WriteAsync(context, CorsMiddleware.NotAllowed);
    }

    private async ValueTask<bool> IsAllowedAsync(HttpContext context, CorsRequest request, string origin)
    {
        if (OriginPolicy.IsOwn(context.Request, origin))
        {
            return true;
        }

        return context.Features.Get<RequestIdentity>()?.Caller is { } caller
            ? await policy.IsAllowedAsync(caller, origin, context.RequestAborted)
            : request.IsKnown;
    }
}
