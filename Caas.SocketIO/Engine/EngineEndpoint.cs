using System.IO.Pipelines;
using Caas.SocketIO.Connections;
using Caas.SocketIO.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caas.SocketIO.Engine;

/// <summary>Takes every request of the endpoint, checks it in the order of the reference server and routes it.</summary>
internal sealed class EngineEndpoint(SocketServices services)
{
    private const string Polling = "polling";
    private const string WebSocketName = "websocket";

    private readonly OriginPolicy _origins = new(services);

    // Not async, like all on the way to a WebSocket: a socket would hold a state machine more as long as it lives.
    public Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var admission = _origins.TryAdmitAsync(context);
#pragma warning disable VSTHRD103 // It is done, so nothing blocks; to await it would cost each idle socket 128 bytes.
        return admission.IsCompletedSuccessfully ? RouteAsync(context, admission.Result) : RouteLaterAsync(context, admission);
#pragma warning restore VSTHRD103
    }

    private async Task RouteLaterAsync(HttpContext context, ValueTask<bool> admission) =>
        await RouteAsync(context, await admission);

    private Task RouteAsync(HttpContext context, bool isAdmitted)
    {
        if (!isAdmitted)
        {
            return EngineError.Forbidden.WriteAsync(context);
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            OriginPolicy.AnswerPreflight(context);
            return Task.CompletedTask;
        }

        var query = EngineQuery.Of(context.Request);
        if (query.Transport is not WebSocketName && !(query.Transport is Polling && services.Options.AllowPolling))
        {
            return EngineError.UnknownTransport.WriteAsync(context);
        }

        if (query.Version is not "4")
        {
            return EngineError.UnsupportedVersion.WriteAsync(context);
        }

        return query.Sid is { } sid
            ? ContinueAsync(context, query.Transport, sid)
            : OpenAsync(context, query.Transport);
    }

    private async Task ContinueAsync(HttpContext context, string transport, string sid)
    {
        if (services.Sessions.Find(sid) is not { } session)
        {
            await EngineError.UnknownSession.WriteAsync(context);
        }
        else if (transport is WebSocketName)
        {
            await UpgradeAsync(context, session);
        }
        else if (session.Polling is not { } polling)
        {
            await EngineError.BadRequest.WriteAsync(context);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            await polling.GetAsync(context);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await polling.PostAsync(context);
        }
        else
        {
            await EngineError.BadRequest.WriteAsync(context);
        }
    }

    private Task OpenAsync(HttpContext context, string transport)
    {
        var isWebSocket = WebSocketHandshake.IsAskedFor(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !(transport is WebSocketName && isWebSocket))
        {
            return EngineError.BadHandshakeMethod.WriteAsync(context);
        }

        if (isWebSocket != (transport is WebSocketName))
        {
            WebSocketHandshake.NameVersion(context.Response);
            return EngineError.BadRequest.WriteAsync(context);
        }

        if (!services.Sessions.TryReserve())
        {
            Log.Full(services.Logger, services.Options.MaxConnections);
            context.Response.Headers.RetryAfter = "5";
            return EngineError.Full.WriteAsync(context);
        }

        return isWebSocket ? OpenWebSocketAsync(context) : OpenPollingAsync(context);
    }

    private async Task OpenPollingAsync(HttpContext context)
    {
        var session = new EngineSession(
            services, ConnectionFacts.Of(context), session => new PollingTransport(session, services));
        session.SendControl(EngineHandshake.Open(session.Sid, upgradable: true, services.Options));
        Register(session);
        await session.Polling!.GetAsync(context);
    }

    private Task OpenWebSocketAsync(HttpContext context)
    {
        var facts = ConnectionFacts.Of(context);
        var accepting = WebSocketHandshake.AcceptAsync(context);
#pragma warning disable VSTHRD103 // It is done, so nothing blocks; to await it would cost each idle socket 152 bytes.
        return accepting.IsCompletedSuccessfully
            ? RunAsync(context, facts, accepting.Result)
            : OpenLaterAsync(context, facts, accepting);
#pragma warning restore VSTHRD103
    }

    private async Task OpenLaterAsync(HttpContext context, ConnectionFacts facts, ValueTask<IDuplexPipe> accepting)
    {
        IDuplexPipe pipe;
        try
        {
            pipe = await accepting;
        }
        catch
        {
            services.Sessions.Release();
            throw;
        }

        await RunAsync(context, facts, pipe);
    }

    private Task RunAsync(HttpContext context, ConnectionFacts facts, IDuplexPipe pipe)
    {
        Forget(context.Request);
        WebSocketTransport? transport = null;
        var session = new EngineSession(
            services, facts, session => transport = new WebSocketTransport(session, pipe, LifetimeOf(context), services));
        session.SendControl(EngineHandshake.Open(session.Sid, upgradable: false, services.Options));
        Register(session);
        return transport!.RunAsync();
    }

    private void Register(EngineSession session)
    {
        services.Sessions.Add(session);
        Log.SessionOpened(services.Logger, session.Facts.RemoteAddress, session.Transport.Name);
        if (session.HasEnded)
        {
            // It broke while the open packet was sent, before there was anything to remove.
            services.Sessions.Remove(session);
        }
        else if (services.Sessions.IsStopped)
        {
            // The stop has walked without it.
            session.Close(SocketCloseReason.ServerStopping);
        }
    }

    private async Task UpgradeAsync(HttpContext context, EngineSession session)
    {
        if (!WebSocketHandshake.IsAskedFor(context))
        {
            WebSocketHandshake.NameVersion(context.Response);
            await EngineError.BadRequest.WriteAsync(context);
            return;
        }

        var probe = new UpgradeProbe(LifetimeOf(context), services.Time);
        if (!session.TryBeginProbe(probe))
        {
            await EngineError.BadRequest.WriteAsync(context);
            return;
        }

        try
        {
            var pipe = await WebSocketHandshake.AcceptAsync(context);
            Forget(context.Request);
            var transport = new WebSocketTransport(session, pipe, LifetimeOf(context), services);
            if (await probe.RunAsync(session, transport))
            {
                await transport.RunAsync();
            }
        }
        catch (Exception failure) when (WebSocketTransport.IsLost(failure))
        {
            // The probe is lost, the session goes on polling.
        }
        finally
        {
            session.EndProbe(probe);
        }
    }

    // A browser's headers are a kilobyte and more, which would be held as long as the socket lives.
    private static void Forget(HttpRequest request) => request.Headers.Clear();

    private static IHttpRequestLifetimeFeature LifetimeOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
}
