using System.Globalization;
using System.Text.Json;
using Caas.Domain.Errors;
using Caas.Http.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Caas.Http.Problems;

/// <summary>Answers with a refusal. An error that carries an earlier answer gives that instead.</summary>
/// <param name="error">The refusal.</param>
public sealed class ProblemResult(Error error) : IResult, IStatusCodeHttpResult
{
    /// <inheritdoc/>
    public int? StatusCode => error.Code.Status;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => error.EarlierAnswer is { } answer
        ? ReplayedResult.WriteAsync(httpContext, answer)
        : WriteAsync(httpContext, error);

    /// <summary>Writes a refusal to a response that has not begun.</summary>
    public static async Task WriteAsync(HttpContext context, Error error)
    {
        var response = context.Response;
        context.Features.Set(new RefusedAnswer(error.Code.Code));
        response.StatusCode = error.Code.Status;
        response.ContentType = Problem.MediaType;
        if (error.Code.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = ReferenceEquals(error.Code, ErrorCatalogue.Unauthenticated)
                ? "Bearer realm=\"caas\""
                : $"Bearer realm=\"caas\", error=\"invalid_token\", error_description=\"{error.Code.Title}\"";
        }

        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(Problem.Of(error), ProblemJson.Default.Problem);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>A refusal is a result.</summary>
    public static implicit operator ProblemResult(Error error) => new(error);
}
