using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Caas.Engines.LocalRegistry;

/// <summary>Reads what callers send to the registry.</summary>
internal static class RegistryBody
{
    // The longest schema, with every character escaped.
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>The body as JSON, read up to the limit and no further, whatever length is declared; or the error.</summary>
    public static async Task<(T? Value, RegistryAnswer? Error)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > MaxBytes)
            {
                return (null, RegistryAnswer.TooLarge);
            }

            await body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
        }

        try
        {
            var value = JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
            return value is null ? (null, RegistryAnswer.BadRequest("The body is null.")) : (value, null);
        }
        catch (JsonException)
        {
            return (null, RegistryAnswer.BadRequest("Unable to process JSON"));
        }
    }
}
