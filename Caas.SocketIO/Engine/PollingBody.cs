using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Caas.SocketIO.Engine;

/// <summary>Reads a POST's body and hands its packets to the session. Whatever is wrong with it ends the session.</summary>
internal static class PollingBody
{
    /// <summary>True where its packets are taken and only the answer is missing; else it is answered, or nobody is there.</summary>
    public static async Task<bool> ReceiveAsync(HttpContext context, EngineSession session, SocketServices services)
    {
        // Version 4 sends binary as base64 text. Left unanswered, such a request hung for ever (GHSA-r635-g3xr-vw7x).
        if (context.Request.ContentType?.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) == true)
        {
            session.End(SocketCloseReason.ProtocolViolated);
            await EngineError.BadRequest.WriteAsync(context);
            return false;
        }

        try
        {
            // Grows with what arrives, up to the limit; a declared length is only good for an early refusal.
            var result = context.Request.ContentLength > services.Options.MaxPayloadBytes
                ? default
                : await context.Request.BodyReader.ReadAtLeastAsync(services.Options.MaxPayloadBytes + 1, context.RequestAborted);
            if (context.Request.ContentLength > services.Options.MaxPayloadBytes || result.Buffer.Length > services.Options.MaxPayloadBytes)
            {
                session.End(SocketCloseReason.ProtocolViolated);
                await EngineError.TooLarge.WriteAsync(context);
                return false;
            }

            return await DispatchAsync(context, session, services, result);
        }
        catch (BadHttpRequestException failure)
        {
            // Too slow a body, a broken chunk: Kestrel names the status.
            session.End(SocketCloseReason.ProtocolViolated);
            await EngineError.BadRequest.WriteAsync(context, failure.StatusCode);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            session.End(SocketCloseReason.TransportLost);
        }

        return false;
    }

    /// <summary>Tells the client that its packets are taken.</summary>
    public static async Task AnswerAsync(HttpContext context, EngineSession session)
    {
        try
        {
            context.Response.ContentType = "text/plain; charset=UTF-8";
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("ok", context.RequestAborted);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            session.End(SocketCloseReason.TransportLost);
        }
    }

    private static async Task<bool> DispatchAsync(
        HttpContext context, EngineSession session, SocketServices services, ReadResult result)
    {
        var length = (int)result.Buffer.Length;
        var body = ArrayPool<byte>.Shared.Rent(length);
        ReceiveOutcome outcome;
        try
        {
            result.Buffer.CopyTo(body);
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            outcome = await ReceivePacketsAsync(session, services, body.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        if (outcome == ReceiveOutcome.Violated)
        {
            session.End(SocketCloseReason.ProtocolViolated);
            await EngineError.BadRequest.WriteAsync(context);
            return false;
        }

        if (outcome == ReceiveOutcome.PeerClosed)
        {
            await session.SettleAsync();
            session.End(SocketCloseReason.ClientClosed);
        }

        return true;
    }

    private static async ValueTask<ReceiveOutcome> ReceivePacketsAsync(
        EngineSession session, SocketServices services, ReadOnlyMemory<byte> body)
    {
        var more = true;
        for (var packets = 1; more; packets++)
        {
            more = PollingPayload.Next(ref body, out var packet);
            var outcome = packets > services.Options.MaxPacketsPerPayload
                ? ReceiveOutcome.Violated
                : await ReceiveAsync(session, packet, services);
            if (outcome != ReceiveOutcome.Continue)
            {
                return outcome;
            }
        }

        return ReceiveOutcome.Continue;
    }

    private static ValueTask<ReceiveOutcome> ReceiveAsync(
        EngineSession session, ReadOnlyMemory<byte> packet, SocketServices services)
    {
        if (packet.IsEmpty || packet.Span[0] != PollingPayload.BinaryPrefix)
        {
            return SessionInbound.ReceiveTextAsync(session, packet, services);
        }

        return PollingPayload.DecodeBinary(packet.Span[1..]) is { } binary
            ? SessionInbound.ReceiveBinaryAsync(session, binary, services)
            : ValueTask.FromResult(ReceiveOutcome.Violated);
    }
}
