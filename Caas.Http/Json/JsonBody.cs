using System.Reflection;
using Caas.Domain.Errors;
using Caas.Domain.Validation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Caas.Http.Json;

/// <summary>
/// A request's body, read strictly. Binding never throws: what is wrong is kept, so that the group's filters can give
/// refusals in the order of the contract (415, 413, 400, then what the path names, then 422).
/// </summary>
/// <typeparam name="T">What the body holds.</typeparam>
public sealed class JsonBody<T> : IJsonBody, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly Result<T> _read;

    private JsonBody(Result<T> read, ReadOnlyMemory<byte> bytes)
    {
        _read = read;
        Bytes = bytes;
    }

    /// <summary>The body; only where the filters let the request through.</summary>
    public T Value => _read.Value ?? throw new InvalidOperationException("The endpoint's group lacks the body filters.");

    /// <inheritdoc/>
    public Error? Error => _read.Error;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        if (!HasJson(context.Request))
        {
            return new JsonBody<T>(new Error(ErrorCatalogue.UnsupportedMediaType, "Send Content-Type: application/json."), default);
        }

        var limits = context.RequestServices.GetRequiredService<LimitsOptions>();
        var body = await RequestBytes.ReadAsync(context, limits.BodyBytes);
        return body.TryGet(out var bytes, out var error)
            ? new JsonBody<T>(StrictJson.Read<T>(bytes.Span, context.RequestServices.GetRequiredService<ApiJson>()), bytes)
            : new JsonBody<T>(error, default);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static bool HasJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}

/// <summary>A body as the filters see it.</summary>
public interface IJsonBody
{
    /// <summary>What is wrong with it; null where nothing is.</summary>
    Error? Error { get; }

    /// <summary>Its bytes as they came; empty where they could not be read.</summary>
    ReadOnlyMemory<byte> Bytes { get; }
}
