using Caas.Domain.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Caas.Http.Idempotency;

/// <summary>Gives the first answer to a repeated request again.</summary>
internal static class ReplayedResult
{
    /// <summary>The header that says so.</summary>
    public const string Header = "Idempotency-Replayed";

    /// <summary>Writes the answer to a response that has not begun.</summary>
    public static async Task WriteAsync(HttpContext context, StoredAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.Body.Length;
        response.Headers[Header] = "true";
        response.Headers[HeaderNames.ETag] = answer.Etag is { } etag ? $"\"{etag}\"" : default;
        response.Headers.Location = answer.Location;
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
