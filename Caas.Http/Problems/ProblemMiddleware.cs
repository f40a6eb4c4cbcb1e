using Caas.Domain.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Caas.Http.Problems;

/// <summary>
/// The outermost part of the pipeline: whatever goes wrong, and every bare status, leaves as problem details that say
/// nothing of the inside.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, HttpMetrics metrics, ILogger<ProblemMiddleware> logger)
{
    private static readonly TimeSpan StorageRetryAfter = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && BareError(context.Response) is { } bare)
            {
                await ProblemResult.WriteAsync(context, bare);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
            context.Abort();
        }
        catch (RefusedException exception)
        {
            LogRefused(exception, exception.Error.Code.Code);
            await AnswerAsync(context, exception.Error);
        }
        catch (BadHttpRequestException exception)
        {
            await AnswerAsync(context, OfBadRequest(exception));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The last resort: a bug must neither end the process nor show itself.
            LogUnhandled(exception, context.Request.Method, context.GetEndpoint()?.DisplayName);
            await AnswerAsync(context, OfException(exception));
        }
        finally
        {
            // Whoever wrote it, here or further in.
            if (context.Features.Get<RefusedAnswer>() is { } refused)
            {
                metrics.Refused(refused.Code, RefusalWay.Http);
            }
        }
    }

    private static async Task AnswerAsync(HttpContext context, Error error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await ProblemResult.WriteAsync(context, error);
    }

    private static Error? BareError(HttpResponse response) => response switch
    {
        { ContentLength: not null } or { ContentType: not null } => null,
        { StatusCode: StatusCodes.Status404NotFound } => Error.NotFound,
        { StatusCode: StatusCodes.Status405MethodNotAllowed } => new Error(
            ErrorCatalogue.MethodNotAllowed, $"This path takes: {response.Headers.Allow}."),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new Error(
            ErrorCatalogue.UnsupportedMediaType, "Send Content-Type: application/json."),
        { StatusCode: StatusCodes.Status504GatewayTimeout } => OfTimeOut(),
        { StatusCode: >= 500 } => OfBug(),
        { StatusCode: >= 400 } => new Error(ErrorCatalogue.BadRequest, "The request cannot be read."),
        _ => null,
    };

    private static Error OfBadRequest(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Error(ErrorCatalogue.BodyTooLarge, "The body is over the cap."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new Error(ErrorCatalogue.HeadersTooLarge, "Send fewer headers."),
        _ => new Error(ErrorCatalogue.BadRequest, "The request cannot be read."),
    };

    private static Error OfException(Exception exception) => exception switch
    {
        OperationCanceledException or TimeoutException => OfTimeOut(),
        IOException => new Error(ErrorCatalogue.StorageUnavailable, "The store cannot be used now.") { RetryAfter = StorageRetryAfter },
        _ => OfBug(),
    };

    private static Error OfTimeOut() => new(ErrorCatalogue.TimedOut, "The request took too long; it may have been done.");

    private static Error OfBug() => new(ErrorCatalogue.Internal, "Something went wrong here. The trace id finds it in the logs.");

    [LoggerMessage(2002, LogLevel.Warning, "An engine refused: {Code}")]
    private partial void LogRefused(Exception exception, string code);

    [LoggerMessage(2001, LogLevel.Error, "Unhandled exception in {Method} {Endpoint}")]
    private partial void LogUnhandled(Exception exception, string method, string? endpoint);
}
