using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>
/// The refusals of Engine.IO, with the codes of the reference server, which clients know:
/// <c>{"code":1,"message":"Session ID unknown"}</c>.
/// </summary>
internal sealed record EngineError(int Status, int Code, string Message)
{
    public static readonly EngineError UnknownTransport = new(400, 0, "Transport unknown");
    public static readonly EngineError UnknownSession = new(400, 1, "Session ID unknown");
    public static readonly EngineError BadHandshakeMethod = new(400, 2, "Bad handshake method");
    public static readonly EngineError BadRequest = new(400, 3, "Bad request");
    public static readonly EngineError TooLarge = new(413, 3, "Bad request");
    public static readonly EngineError Forbidden = new(403, 4, "Forbidden");
    public static readonly EngineError Full = new(503, 4, "Too many connections");
    public static readonly EngineError UnsupportedVersion = new(400, 5, "Unsupported protocol version");

    public Task WriteAsync(HttpContext context) => WriteAsync(context, Status);

    public async Task WriteAsync(HttpContext context, int status)
    {
        var body = $$"""{"code":{{Code}},"message":"{{JsonEncodedText.Encode(Message)}}"}""";
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
