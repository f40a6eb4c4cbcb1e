using Caas.Domain.Errors;
using Caas.Http.Problems;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Caas.Gateway.Proxy;

/// <summary>
/// Tries the next process where one could not be connected to: then nothing of the request was sent. A request that may
/// have arrived is never repeated; its caller has an id to repeat it with.
/// </summary>
internal sealed class Failover(RequestDelegate next)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly Error Away = new(ErrorCatalogue.ServiceUnavailable, "Messaging cannot be reached now.") { RetryAfter = RetryAfter };

    public async Task InvokeAsync(HttpContext context)
    {
        var proxied = context.GetReverseProxyFeature();
        var left = proxied.AvailableDestinations;
        while (left.Count > 0)
        {
            proxied.AvailableDestinations = left;
            await next(context);
            if (!IsUnreachable(context) || proxied.ProxiedDestination is not { } tried)
            {
                break;
            }

            left = [.. left.Where(destination => destination != tried)];
            if (left.Count > 0)
            {
                Forget(context);
            }
        }

        if (IsAway(context, left))
        {
            context.Response.Clear();
            await ProblemResult.WriteAsync(context, Away);
        }
    }

    private static bool IsUnreachable(HttpContext context) =>
        !context.Response.HasStarted
        && context.GetForwarderErrorFeature() is
        {
            Error: ForwarderError.Request,
            Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError },
        };

    private static bool IsAway(HttpContext context, IReadOnlyList<DestinationState> left) =>
        !context.Response.HasStarted
        && !context.RequestAborted.IsCancellationRequested
        && (left.Count == 0 || context.GetForwarderErrorFeature() is { Error: not ForwarderError.None });

    private static void Forget(HttpContext context)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }
}
