using Caas.Domain.Errors;
using Caas.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Caas.Http.Cors;

/// <summary>
/// CORS (Fetch standard, section 3.2) for everything under <c>/api</c>: answers preflights, and lets the page of a known
/// origin read the answer. No cookies are used, hence no <c>Access-Control-Allow-Credentials</c>.
/// </summary>
internal sealed class CorsMiddleware(RequestDelegate next, OriginPolicy policy)
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string RequestHeaders =
        "Authorization, Content-Type, Caas-User, Idempotency-Key, If-Match, If-None-Match, traceparent, tracestate, "
        + "Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, Upload-Defer-Length";

    private const string ResponseHeaders =
        "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replayed, WWW-Authenticate, traceparent, "
        + "Tus-Resumable, Upload-Length, Upload-Offset, Upload-Expires";

    private const string PreflightSeconds = "600";

    internal static readonly Error NotAllowed = new(
        ErrorCatalogue.OriginNotAllowed, "The application does not list this origin: PATCH /api/applications/{id} adds it to allowedOrigins.");

    // What is not of the API goes on without a state machine of this middleware: a socket would hold it as long as it lives.
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? ShareAsync(context) : next(context);

    private async Task ShareAsync(HttpContext context)
    {
        var request = new CorsRequest();
        context.Features.Set(request);

        // When the answer begins, because a refusal by exception clears what was set before.
        context.Response.OnStarting(static state => WriteAsync((HttpContext)state), context);
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            request.IsKnown = OriginPolicy.IsOwn(context.Request, origin)
                || await policy.IsKnownAsync(origin, context.RequestAborted);
            request.IsReadable = request.IsKnown;
        }

        if (origin.Length > 0 && IsPreflight(context.Request))
        {
            await AnswerAsync(context, request);
            return;
        }

        await next(context);
    }

    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);

    private static async Task AnswerAsync(HttpContext context, CorsRequest request)
    {
        if (!request.IsKnown)
        {
            await ProblemResult.WriteAsync(context, NotAllowed);
            return;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = PreflightSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;

        // The gateway passes on what messaging has said already.
        if (headers.Vary.Count == 0
            || !headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        if (context.Features.Get<CorsRequest>() is { IsReadable: true })
        {
            headers.AccessControlAllowOrigin = context.Request.Headers.Origin.ToString();
            headers.AccessControlExposeHeaders = ResponseHeaders;
        }

        return Task.CompletedTask;
    }
}

/// <summary>What is known of a request's origin.</summary>
internal sealed class CorsRequest
{
    /// <summary>Whether it is the own origin, or some application lists it.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether the page may read the answer: of a known origin any, of another one only why it is refused.</summary>
    public bool IsReadable { get; set; }
}
