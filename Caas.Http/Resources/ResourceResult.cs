using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caas.Domain.Idempotency;
using Caas.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Caas.Http.Resources;

/// <summary>Answers with one resource as JSON, its entity tag and, where it is new, its address.</summary>
/// <typeparam name="T">The resource.</typeparam>
/// <param name="value">The resource.</param>
/// <param name="status">200 or 201.</param>
/// <param name="etag">The opaque part of the entity tag; null for none.</param>
/// <param name="location">The path of the new resource; null for none.</param>
public sealed class ResourceResult<T>(T value, int status = StatusCodes.Status200OK, string? etag = null, string? location = null)
    : IResult, IStatusCodeHttpResult, IValueHttpResult<T>
{
    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <inheritdoc/>
    public T Value => value;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var json = httpContext.RequestServices.GetRequiredService<ApiJson>();
        var body = JsonSerializer.SerializeToUtf8Bytes(value, json.TypeInfo<T>());
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        if (etag is not null)
        {
            response.Headers.ETag = $"\"{etag}\"";
        }

        if (location is not null)
        {
            response.Headers.Location = location;
        }

        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>The same answer as it is kept for a repeated request.</summary>
    public StoredAnswer Store(JsonTypeInfo<T> typeInfo) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), etag, location);
}
