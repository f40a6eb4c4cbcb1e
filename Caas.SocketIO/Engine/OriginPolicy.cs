using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>
/// Cross-origin rules, for every transport alike: browsers do not keep foreign pages from opening a WebSocket, so the
/// server must. Without credentials, hence no <c>Access-Control-Allow-Credentials</c>: the token travels in CONNECT.
/// </summary>
internal sealed class OriginPolicy(SocketServices services)
{
    /// <summary>Sets the response's headers; false when the origin is not allowed.</summary>
    public async ValueTask<bool> TryAdmitAsync(HttpContext context)
    {
        var origins = context.Request.Headers.Origin;
        if (origins.Count == 0)
        {
            return true;
        }

        var headers = context.Response.Headers;
        headers.Vary = "Origin";
        var origin = origins.ToString();
        if (origins.Count > 1 || !await IsAllowedAsync(context, origin))
        {
            return false;
        }

        headers.AccessControlAllowOrigin = origin;
        return true;
    }

    public static void AnswerPreflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Content-Type";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Whether the page comes from the very host that is asked: no cross-origin request at all.</summary>
    public static bool IsOwn(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);

    private async ValueTask<bool> IsAllowedAsync(HttpContext context, string origin)
    {
        if (IsOwn(context.Request, origin))
        {
            return true;
        }

        if (services.Options.IsOriginAllowed is not { } isAllowed)
        {
            return false;
        }

        try
        {
            return await isAllowed(origin, context.RequestAborted);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.OriginCheckFailed(services.Logger, failure);
            return false;
        }
    }
}
