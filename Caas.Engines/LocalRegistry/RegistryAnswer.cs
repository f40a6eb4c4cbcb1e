using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Caas.Engines.LocalRegistry;

/// <summary>Answers of the registry's HTTP face, with its media type; its error codes are the HTTP status and two digits.</summary>
internal sealed class RegistryAnswer : IResult
{
    /// <summary>The media type of every answer.</summary>
    public const string MediaType = "application/vnd.schemaregistry.v1+json";

    private readonly int _status;
    private readonly byte[] _body;

    private RegistryAnswer(int status, byte[] body)
    {
        _status = status;
        _body = body;
    }

    /// <summary>An empty object.</summary>
    public static RegistryAnswer Empty { get; } = new(200, "{}"u8.ToArray());

    /// <summary>No such subject.</summary>
    public static RegistryAnswer NoSubject(string subject) => Error(404, 40401, $"Subject '{subject}' not found.");

    /// <summary>No such version.</summary>
    public static RegistryAnswer NoVersion(string version) => Error(404, 40402, $"Version {version} not found.");

    /// <summary>No such schema.</summary>
    public static RegistryAnswer NoSchema(string what) => Error(404, 40403, $"{what} not found");

    /// <summary>The subject has no level of its own.</summary>
    public static RegistryAnswer NoLevel(string subject) =>
        Error(404, 40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    /// <summary>No such path.</summary>
    public static RegistryAnswer NoPath { get; } = Error(404, 404, "HTTP 404 Not Found");

    /// <summary>The compatibility level forbids it.</summary>
    public static RegistryAnswer Incompatible(string message) => Error(409, 409, message);

    /// <summary>Not a schema that this registry takes.</summary>
    public static RegistryAnswer InvalidSchema(string message) => Error(422, 42201, $"Invalid schema: {message}");

    /// <summary>Not a version.</summary>
    public static RegistryAnswer InvalidVersion(string version) => Error(
        422,
        42202,
        $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    /// <summary>Not a level.</summary>
    public static RegistryAnswer InvalidLevel { get; } = Error(
        422,
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");

    /// <summary>Not a request at all.</summary>
    public static RegistryAnswer BadRequest(string message) => Error(400, 400, message);

    /// <summary>A body above the limit.</summary>
    public static RegistryAnswer TooLarge { get; } = Error(413, 413, "HTTP 413 Request Entity Too Large");

    /// <summary>What was asked for.</summary>
    public static RegistryAnswer Ok<T>(T value, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _status;
        response.ContentType = MediaType;
        response.ContentLength = _body.Length;
        return response.Body.WriteAsync(_body, httpContext.RequestAborted).AsTask();
    }

    private static RegistryAnswer Error(int status, int code, string message) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new ErrorAnswer(code, message), RegistryJson.Default.ErrorAnswer));
}
