using Caas.SocketIO.Connections;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>The body of a GET: what waits in the queue, up to about the payload limit, and never nothing.</summary>
internal static class PollAnswer
{
    public static async Task WriteAsync(HttpContext context, EngineSession session, SocketIOOptions options)
    {
        var batches = TakeBatches(session, options, out var length);
        var response = context.Response;
        response.ContentType = "text/plain; charset=UTF-8";
        response.ContentLength = length;
        for (var i = 0; i < batches.Count; i++)
        {
            if (i > 0)
            {
                response.BodyWriter.GetSpan(1)[0] = PollingPayload.Separator;
                response.BodyWriter.Advance(1);
            }

            PollingPayload.Write(response.BodyWriter, batches[i]);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static List<FrameBatch> TakeBatches(EngineSession session, SocketIOOptions options, out int length)
    {
        var batches = new List<FrameBatch>();
        length = -1;
        while (length < options.MaxPayloadBytes && session.Queue.TryDequeue(out var batch))
        {
            batches.Add(batch);
            length += 1 + PollingPayload.Length(batch);
        }

        if (batches.Count == 0)
        {
            // Let go without a packet: by an upgrade or the client's own close with a noop, else with a close.
            var closed = session.HasEnded && session.CloseReason != SocketCloseReason.ClientClosed;
            var last = closed ? EnginePacket.Close : EnginePacket.Noop;
            batches.Add(last);
            length = last.Bytes;
        }

        return batches;
    }
}
