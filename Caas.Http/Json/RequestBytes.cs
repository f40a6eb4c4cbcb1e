using System.Buffers;
using Caas.Domain.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.Http.Json;

/// <summary>Reads a body up to a cap, never trusting its declared length.</summary>
internal static class RequestBytes
{
    // An over-long body is read and dropped before the answer, or the sender would see a reset instead of the 413.
    private const long MaxDroppedBytes = 32 * 1024 * 1024;
    private const int FirstBufferBytes = 4096;
    private static readonly TimeSpan MaxDropTime = TimeSpan.FromSeconds(5);

    /// <summary>The bytes; <c>body_too_large</c>.</summary>
    public static async ValueTask<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpContext context, int maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var buffer = new ArrayBufferWriter<byte>(FirstBufferBytes);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (buffer.WrittenCount + read.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                await DropAsync(context, buffer.WrittenCount + read.Buffer.Length);
                return new Error(ErrorCatalogue.BodyTooLarge, $"The body may hold at most {maxBytes} bytes.");
            }

            foreach (var segment in read.Buffer)
            {
                buffer.Write(segment.Span);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return buffer.WrittenMemory;
            }
        }
    }

    private static async ValueTask DropAsync(HttpContext context, long alreadyRead)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(MaxDropTime);
        var dropped = alreadyRead;
        try
        {
            while (dropped < MaxDroppedBytes)
            {
                var read = await context.Request.BodyReader.ReadAsync(limit.Token);
                dropped += read.Buffer.Length;
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // A sender who is too slow gets the answer on a connection that is then closed.
        }

        context.Response.Headers.Connection = "close";
    }
}
