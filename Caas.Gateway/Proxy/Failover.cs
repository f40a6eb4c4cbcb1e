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
        var ready = proxied.AvailableDestinations;
        var tried = new List<DestinationState>();
        for (var left = ready; left.Count > 0; left = Untried(ready, proxied.AllDestinations, tried))
        {
            Forget(context);
            proxied.AvailableDestinations = left;
            await next(context);
            if (!IsUnreachable(context) || proxied.ProxiedDestination is not { } destination)
            {
                break;
            }

            tried.Add(destination);
        }

        if (IsAway(context))
        {
            context.Response.Clear();
            await ProblemResult.WriteAsync(context, Away);
        }
    }

    // Those that are known to be ready first; then the others, for one that has just come back is not known to be.
    private static List<DestinationState> Untried(
        IReadOnlyList<DestinationState> ready, IReadOnlyList<DestinationState> all, List<DestinationState> tried)
    {
        var left = ready.Except(tried).ToList();
        return left.Count > 0 ? left : [.. all.Except(tried)];
    }

    private static bool IsUnreachable(HttpContext context) =>
        !context.Response.HasStarted
        && context.GetForwarderErrorFeature() is
        {
            Error: ForwarderError.Request,
            Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError },
        };

    // Where there is no process at all, nobody was asked, and the answer is still what it was before.
    private static bool IsAway(HttpContext context) =>
        !context.Response.HasStarted
        && !context.RequestAborted.IsCancellationRequested
        && (context.GetReverseProxyFeature().ProxiedDestination is null
            || context.GetForwarderErrorFeature() is { Error: not ForwarderError.None });

    private static void Forget(HttpContext context)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }
}
